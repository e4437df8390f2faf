/** Where the images of pods come from, and which ones they are. */
import { containersOf, podOf } from "../kubernetes";
import type { ResourceRule } from "../rule";
import { at, given, type Subject, textAt } from "../subject";

/** One message for each image of a resource's pods that is not as it should be. */
function images(resource: Subject, isSound: (image: string) => boolean, wrong: string): string[] {
  const pod = podOf(resource);
  return pod === undefined
    ? []
    : containersOf(pod).flatMap(({ title, value }) => {
        const image = textAt(value, "image");
        return image === undefined || isSound(image) ? [] : [`${title} ${wrong}`];
      });
}

const tagOf = (image: string): string | undefined =>
  /^[^:@]+:([\w.-]+)/.exec(image.slice(image.lastIndexOf("/") + 1))?.[1];

const namesRegistry = (image: string): boolean =>
  image.includes("/") && /[.:]|^localhost$/.test(image.slice(0, image.indexOf("/")));

export const imageRules: ResourceRule[] = [
  {
    name: "image-by-digest",
    level: "mandatory",
    scope: "resource",
    reason: "A tag can be moved to another image: what runs is then not what was looked at.",
    fix: "Name the image by its digest, name@sha256:….",
    check: (resource) =>
      images(resource, (image) => /@sha256:[0-9a-f]{64}$/.test(image), "names its image without a digest"),
  },
  {
    name: "image-tag-latest",
    level: "mandatory",
    scope: "resource",
    reason: "Nobody can tell which version it is, and DigitalOcean reports it before each upgrade of the cluster.",
    fix: "Name a version, or the digest alone.",
    check: (resource) =>
      images(
        resource,
        (image) => (tagOf(image) ?? (image.includes("@") ? "" : "latest")) !== "latest",
        "runs the image of the tag latest",
      ),
  },
  {
    name: "image-registry",
    level: "mandatory",
    scope: "resource",
    reason: "Each node may take such a name from another registry; DigitalOcean reports it before each upgrade.",
    fix: "Write the registry in front, such as docker.io/library/.",
    check: (resource) => images(resource, namesRegistry, "names its image without the registry"),
  },
  {
    name: "image-platform",
    level: "mandatory",
    scope: "resource",
    reason: "An image built on Apple silicon does not start on the cluster's nodes.",
    fix: "Set build.platform, such as linux/amd64.",
    check: ({ type, props }) =>
      type === "docker:index/image:Image" && !given(at(props, "build", "platform"))
        ? ["The image is built for whatever machine builds it"]
        : [],
  },
];
