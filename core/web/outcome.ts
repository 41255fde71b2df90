// What came of a test, as HTML: what was found, what to change, and what the owner has to decide.
import { html } from "ghtml";
import type { Trial } from "../servers/index.ts";
import { listFindings, mayStore } from "../servers/index.ts";
import type { EnrolPage } from "./fields.ts";
import { problemSentence, tick } from "./fields.ts";
import type { Words } from "./words/index.ts";

/** Above the fields of the form, and inside it: the ticks are part of what is posted. */
export function renderOutcome(say: Words, page: EnrolPage): string {
  const { trial, mistakes } = page;
  if (trial === undefined && Object.keys(mistakes).length === 0) return "";
  const fingerprint = fingerprintOf(trial);
  const parts = [
    trial?.kind === "failed" ? html`<p>${problemSentence(say, trial.problem.code)}</p>` : "",
    fingerprint === undefined ? "" : certificate(say, page, fingerprint),
    trial && renderReport(say, trial, page.values.inbox_path !== ""),
    trial && mayStore(trial) === "knowingly" ? saveAnyway(say, page) : "",
  ];
  return html`<section class="outcome" role="alert"><h2>${say.mistakesTitle}</h2>!${parts.filter((part) => part !== undefined)}</section>`;
}

/** Findings and advice of a test that got as far as that. */
export function renderReport(say: Words, trial: Trial, hasInbox: boolean): string {
  if (trial.kind !== "reached") return "";
  const findings = listFindings(trial.findings, hasInbox).map(({ what, good, detail }) => {
    const more = detail === null || what === "tls-pinned" ? "" : ` (${what === "space" ? gigabytes(detail) : detail})`;
    return html`<li class="${good ? "good" : "bad"}">${say.findings[what]}${more}</li>`;
  });
  return html`<h2>${say.findingsTitle}</h2><ul class="findings">!${findings}</ul>!${renderAdvice(say, trial)}`;
}

/** The unit of the form's limit, the same in every language. */
const gigabytes = (bytes: string) => `${(Number(bytes) / 1e9).toFixed(1)} GB`;

function renderAdvice(say: Words, trial: Trial & { kind: "reached" }): string {
  const { advice } = trial.findings;
  if (advice.length === 0) return "";
  const reasons = [...Map.groupBy(advice, ({ why }) => why)];
  const lines = reasons.map(([why, needed]) => {
    const { why: reason, risk, look } = say.advice[why];
    const terms = needed.map(({ line }) =>
      line === null ? html`<dt>${look ?? ""}</dt>` : html`<dt><code>${line}</code></dt>`,
    );
    return html`!${terms}<dd>${reason}. <span class="risk">${risk}</span></dd>`;
  });
  return html`<h2>${say.adviceTitle}</h2><dl class="advice">!${lines}</dl>`;
}

function certificate(say: Words, page: EnrolPage, fingerprint: string): string {
  const isChanged =
    page.existing !== undefined &&
    page.trial?.kind === "failed" &&
    page.trial.problem.code === "server.certificate-changed";
  const pairs = fingerprint.toUpperCase().match(/../g)?.join(":") ?? "";
  return html`<h2>${say.certificate.title}</h2>
<p>${isChanged ? say.certificate.changed : say.certificate.text}</p>
<p><code class="fingerprint">${pairs}</code></p>
!${tick(say, page, "accept_fingerprint", fingerprint, say.certificate.accept)}`;
}

function saveAnyway(say: Words, page: EnrolPage): string {
  return html`<h2>${say.saveAnyway.title}</h2><p>${say.saveAnyway.text}</p>
!${tick(say, page, "save_anyway", "yes", say.enrol.fields.save_anyway.label)}`;
}

/** Of a certificate that the owner has to decide about. */
export function fingerprintOf(trial: Trial | undefined): string | undefined {
  const fingerprint = trial?.kind === "failed" ? trial.problem.params["fingerprint"] : undefined;
  return fingerprint === undefined ? undefined : String(fingerprint);
}
