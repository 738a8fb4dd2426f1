/** The first page: what is asked, what becomes of it, and about whom. */

import { html, nothing, type TemplateResult } from "lit/html.js";
import type { About } from "../draft.js";
import type { Session } from "../session.js";
import { foreign, handle, heading, mistake, resumed, submit } from "./parts.js";

export function renderIntro(session: Session): TemplateResult {
  const { rubric, words } = session;
  const lang = foreign(session);
  return html`<form novalidate @submit=${handle(() => session.start())}>
    ${resumed(session)} ${heading(rubric.title, lang)}
    <p class="lead" lang=${lang}>${rubric.summary}</p>
    <ul class="facts">
      <li>${words.minutes(rubric.minutes)}</li>
      <li>${words.questions(rubric.questions.length)}</li>
    </ul>
    ${renderUse(session)} ${session.alone ? renderOrganisation(session) : nothing} ${renderRoles(session)}
    ${session.invitation ? renderSeniority(session) : nothing}
    <div class="buttons">${submit(session.returning ? words.review : words.start)}</div>
  </form>`;
}

function renderUse(session: Session): TemplateResult {
  const { words, invitation } = session;
  if (!invitation) {
    return html`<section class="card" part="card">
      <h3>${words.use}</h3>
      <p>${words.useSent}</p>
    </section>`;
  }
  const role = session.rubric.functions.find((each) => each.id === invitation.function);
  return html`<p>${words.invited(invitation.organisation, role?.title ?? invitation.function)}</p>
    <section class="card" part="card">
      <h3>${words.use}</h3>
      <p>${words.meaning[invitation.confidentiality]}</p>
      <p>${words.worksUntil(words.date(invitation.expires_at))}</p>
    </section>`;
}

function renderOrganisation(session: Session): TemplateResult {
  const { words, about } = session;
  const wrong = session.missingName ? words.mistakes.reason : session.refused[""];
  return html`<div class="field">
      <label for="organisation">${words.organisation}</label>
      ${wrong ? mistake(session, "organisation-error", wrong) : nothing}
      <input
        id="organisation"
        part="input"
        type="text"
        autocomplete="organization"
        maxlength="200"
        required
        aria-invalid=${wrong ? "true" : nothing}
        aria-describedby=${wrong ? "organisation-error" : nothing}
        .value=${about.organisation}
        @input=${tell(session, "organisation")}
      />
    </div>
    <label class="choice">
      <input type="checkbox" .checked=${about.contribute} @change=${check(session)} />
      <span>${words.contribute}</span>
    </label>`;
}

function renderSeniority(session: Session): TemplateResult {
  const { words, about } = session;
  return html`<div class="field">
    <label for="seniority">${words.seniority} (${words.optional})</label>
    <select id="seniority" part="input" @change=${tell(session, "seniority")}>
      <option value="">${words.unsaid}</option>
      ${Object.entries(words.seniorities).map(
        ([value, title]) => html`<option value=${value} ?selected=${about.seniority === value}>${title}</option>`,
      )}
    </select>
  </div>`;
}

function renderRoles(session: Session): TemplateResult | typeof nothing {
  const { words, roles, about } = session;
  if (roles.length < 2) return nothing;
  const wrong = session.missingRole;
  return html`<fieldset aria-describedby=${wrong ? "role-error" : nothing}>
    <legend>${words.role}</legend>
    ${wrong ? mistake(session, "role-error", words.mistakes.reason) : nothing}
    ${roles.map(
      ({ id, title }) =>
        html`<label class="choice">
          <input
            type="radio"
            name="role"
            .checked=${about.function === id}
            aria-invalid=${wrong ? "true" : nothing}
            @change=${() => session.tell({ function: id })}
          />
          <span lang=${foreign(session)}>${title}</span>
        </label>`,
    )}
  </fieldset>`;
}

function tell(session: Session, name: keyof About): (event: Event) => void {
  return (event) => session.tell({ [name]: (event.target as HTMLInputElement | HTMLSelectElement).value });
}

function check(session: Session): (event: Event) => void {
  return (event) => session.tell({ contribute: (event.target as HTMLInputElement).checked });
}
