// The enrolment page as HTML: a pure function of what was typed, what is wrong with it and what the test found.
import { html } from "ghtml";
import type { Trial } from "../servers/index.ts";
import type { TextField } from "./enrol-form.ts";
import type { EnrolPage } from "./fields.ts";
import { input, securityField } from "./fields.ts";
import type { Frame } from "./frame.ts";
import { renderFrame } from "./frame.ts";
import { fingerprintOf, renderOutcome, renderReport } from "./outcome.ts";
import type { Words } from "./words/index.ts";
import { words } from "./words/index.ts";

export function renderEnrolPage(page: EnrolPage): string {
  const say = words[page.frame.language];
  const title = page.existing === undefined ? say.enrol.title : say.enrol.settingsTitle(page.existing);
  const body = html`<p class="lead">${say.enrol.intro}</p>
<form method="post" autocomplete="off" novalidate>
!${renderOutcome(say, page)}
!${serverSection(say, page)}
!${loginSection(say, page)}
!${foldersSection(say, page)}
!${moreSection(say, page)}
!${acceptedBefore(page)}
<p class="note">${say.enrol.promise}</p>
<button type="submit">${say.enrol.submit}</button>
<p class="note">${say.enrol.minutesLeft(page.minutesLeft)}</p>
</form>`;
  return renderFrame(page.frame, title, body);
}

/** After the settings were stored. @param stored `isWell`: everything worked, else they were saved knowingly */
export function renderStoredPage(
  frame: Frame,
  stored: { label: string; trial: Trial; isWell: boolean; hasInbox: boolean },
): string {
  const say = words[frame.language];
  const body = html`<p class="lead">${stored.isWell ? say.stored.well : say.stored.knowingly}</p>
!${renderReport(say, stored.trial, stored.hasInbox)}`;
  return renderFrame(frame, say.stored.title(stored.label), body);
}

function serverSection(say: Words, page: EnrolPage): string {
  return html`<section><h2>${say.enrol.sections.server}</h2>
!${input(say, page, "label", { required: true })}
!${input(say, page, "host", { required: true, mode: "url" })}
!${input(say, page, "port", { mode: "numeric", placeholder: "21" })}
!${securityField(say, page)}
</section>`;
}

function loginSection(say: Words, page: EnrolPage): string {
  const { keepPassword, retypePasswords } = say.enrol;
  const wasPosted = page.trial !== undefined || Object.keys(page.mistakes).length > 0;
  const hint = page.existing !== undefined ? keepPassword : wasPosted ? retypePasswords : "";
  return html`<section><h2>${say.enrol.sections.login}</h2>
!${input(say, page, "username", { required: true })}
!${input(say, page, "password", { type: "password", required: page.existing === undefined, hint })}
</section>`;
}

function foldersSection(say: Words, page: EnrolPage): string {
  return html`<section><h2>${say.enrol.sections.folders}</h2>
!${input(say, page, "share_path", { required: true, placeholder: "/" })}
!${input(say, page, "inbox_path", { placeholder: "/inbox" })}
</section>`;
}

function moreSection(say: Words, page: EnrolPage): string {
  const fields: TextField[] = ["write_username", "write_password", "budget_gb", "data_address"];
  const isOpen = fields.some((field) => page.values[field] !== "" || page.mistakes[field] !== undefined);
  return html`<details !${isOpen ? "open" : ""}><summary>${say.enrol.sections.more}</summary>
!${input(say, page, "write_username")}
!${input(say, page, "write_password", { type: "password" })}
!${input(say, page, "budget_gb", { mode: "decimal" })}
!${input(say, page, "data_address")}
</details>`;
}

/** A certificate accepted in an earlier round stays accepted while other fields are put right. */
function acceptedBefore({ trial, values }: EnrolPage): string {
  const fingerprint = values.accept_fingerprint;
  const isAsked = fingerprintOf(trial) !== undefined;
  return isAsked || fingerprint === ""
    ? ""
    : html`<input type="hidden" name="accept_fingerprint" value="${fingerprint}">`;
}
