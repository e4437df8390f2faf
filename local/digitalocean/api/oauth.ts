/** The revocation of a token, as cloud.digitalocean.com does it: the token itself is what lets one in. */
import { z } from "zod";
import { ok, Refusal } from "../answer";
import type { Credentials } from "../credentials";
import { route, type Route } from "../router";

const FORM = z.object({ token: z.string() });

export const oauthRoutes = (credentials: Credentials): Route[] => [
  route("POST", "/v1/oauth/revoke", undefined, ({ body }) => {
    const token = typeof body === "string" ? new URLSearchParams(body).get("token") : FORM.safeParse(body).data?.token;
    if (token === undefined || token === null || !credentials.revoke(token)) {
      throw new Refusal(401, "Unable to authenticate you");
    }
    return ok({});
  }),
];
