/** The account, and what DigitalOcean offers. */
import { ok, page } from "../answer";
import { NODE_SIZES, REGIONS, SIZES, type Size } from "../catalog";
import { route, type Route } from "../router";
import type { World } from "../world";

const HOURS_OF_A_MONTH = 672;
const ACCOUNT = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6";

const regionsOfSize = (): string[] => REGIONS.filter(({ available }) => available).map(({ slug }) => slug);

export const sizeView = (size: Size): Record<string, unknown> => ({
  slug: size.slug,
  memory: size.memoryMb,
  vcpus: size.vcpus,
  disk: size.diskGb,
  transfer: size.transferTb,
  price_monthly: size.monthly,
  price_hourly: Number((size.monthly / HOURS_OF_A_MONTH).toFixed(5)),
  regions: regionsOfSize(),
  available: true,
  description: size.description,
});

export const regionView = (slug: string): Record<string, unknown> => {
  const region = REGIONS.find((each) => each.slug === slug);
  const open = region?.available ?? false;
  return {
    name: region?.name ?? slug,
    slug,
    features: open ? ["backups", "ipv6", "metadata", "storage", "image_transfer"] : [],
    available: open,
    sizes: open ? SIZES.map((size) => size.slug) : [],
  };
};

export const accountRoutes = ({ surroundings }: World): Route[] => [
  route("GET", "/v2/account", "account:read", () =>
    ok({
      account: {
        droplet_limit: surroundings.dropletLimit,
        floating_ip_limit: 3,
        volume_limit: surroundings.volumeLimit,
        email: surroundings.email,
        name: "Emulated",
        uuid: ACCOUNT,
        email_verified: true,
        status: surroundings.status,
        status_message: "",
        team: { uuid: ACCOUNT, name: "Emulated" },
      },
    }),
  ),
  route("GET", "/v2/regions", "regions:read", ({ url }) =>
    page(
      url,
      "regions",
      REGIONS.map(({ slug }) => regionView(slug)),
    ),
  ),
  route("GET", "/v2/sizes", "sizes:read", ({ url }) =>
    page(
      url,
      "sizes",
      SIZES.map((size) => sizeView(size)),
    ),
  ),
  route("GET", "/v2/kubernetes/options", "kubernetes:read", () =>
    ok({
      options: {
        regions: REGIONS.filter(({ kubernetes }) => kubernetes).map(({ slug, name }) => ({ name, slug })),
        versions: surroundings.versions.map((slug) => versionView(slug)),
        sizes: NODE_SIZES.map(({ slug }) => ({ name: slug, slug })),
      },
    }),
  ),
];

export const versionView = (slug: string): Record<string, unknown> => ({
  slug,
  kubernetes_version: slug.replace(/-do\.\d+$/, ""),
  supported_features: ["cluster-autoscaler", "docr-integration", "ha-control-plane", "token-authentication"],
});
