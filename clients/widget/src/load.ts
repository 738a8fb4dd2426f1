/** What is there before the first page: the invitation or assessment that is meant, and the rubric. */

import { type Api, ApiFailure, describe } from "./api.js";
import { languageOf } from "./strings/index.js";
import type { Setup } from "./surface.js";
import type { Assessment, OwnInvitation, Rubric } from "./types.js";

export interface Loaded {
  rubric: Rubric;
  invitation: OwnInvitation | null;
  assessment: Assessment | null;
}

export async function load(api: Api, setup: Setup): Promise<Loaded> {
  check(setup);
  let [invitation, assessment]: [OwnInvitation | null, Assessment | null] = [null, null];
  if (setup.invitation) invitation = (await api.send<OwnInvitation>("/v1/invitation")).body;
  else if (setup.assessment) assessment = (await api.send<Assessment>(`/v1/assessments/${setup.assessment}`)).body;
  const pinned = invitation?.rubric ?? assessment?.rubric;
  const path = pinned ? `${pinned.id}/${pinned.version}` : setup.rubric.replace("@", "/");
  return { rubric: await loadRubric(api, path, setup.languages), invitation, assessment };
}

/** The rubric in the first language wanted, or else in its own. */
async function loadRubric(api: Api, path: string, languages: readonly string[]): Promise<Rubric> {
  const address = `/v1/rubrics/${path}`;
  const language = languages.map(languageOf).find((each) => each);
  try {
    return (await api.send<Rubric>(language ? `${address}?locale=${language}` : address)).body;
  } catch (error) {
    if (!(error instanceof ApiFailure) || error.problem.status !== 422) throw error;
    return (await api.send<Rubric>(address)).body;
  }
}

function check(setup: Setup): void {
  const { key, invitation, api, assessment, clientToken } = setup;
  const missing = [
    invitation || key.startsWith("alm_pk_") ? "" : 'publishable-key="alm_pk_…" (no other key belongs into a page)',
    api ? "" : "api",
    assessment && !clientToken ? "client-token" : "",
  ].filter(Boolean);
  if (missing.length) throw new ApiFailure(describe(0, "misconfigured", `Missing: ${missing.join(", ")}`));
}
