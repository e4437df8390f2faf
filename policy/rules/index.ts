import type { Rule } from "../rule";
import { accessRules } from "./access";
import { containerRules } from "./containers";
import { databaseRules } from "./databases";
import { digitaloceanRules } from "./digitalocean";
import { disruptionRules } from "./disruptions";
import { imageRules } from "./images";
import { jobRules } from "./jobs";
import { namespaceRules } from "./namespaces";
import { podRules } from "./pods";
import { releaseRules } from "./releases";
import { secretRules } from "./secrets";
import { serviceRules } from "./services";
import { storageRules } from "./storage";

/** Every rule, in the order of docs/policies.md. */
export const RULES: readonly Rule[] = [
  ...imageRules,
  ...containerRules,
  ...podRules,
  ...jobRules,
  ...disruptionRules,
  ...namespaceRules,
  ...serviceRules,
  ...accessRules,
  ...storageRules,
  ...secretRules,
  ...releaseRules,
  ...digitaloceanRules,
  ...databaseRules,
];
