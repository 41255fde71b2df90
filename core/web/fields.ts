// The parts of a form as HTML: a field with its label, hint and the one sentence about what is wrong with it.
import { html } from "ghtml";
import type { Trial } from "../servers/index.ts";
import type { Field, Mistake, Mistakes, TextField, Values } from "./enrol-form.ts";
import type { Frame } from "./frame.ts";
import type { Words } from "./words/index.ts";

export interface EnrolPage {
  frame: Frame;
  values: Values;
  mistakes: Mistakes;
  /** What the test ended with, when there was one and it did not store. */
  trial?: Trial;
  /** The label of the server whose settings these are. */
  existing?: string;
  minutesLeft: number;
}

interface InputOptions {
  type?: "text" | "password";
  required?: boolean;
  mode?: "numeric" | "decimal" | "url" | "text";
  placeholder?: string;
  /** Instead of the field's own hint. */
  hint?: string;
}

/** A password is never sent back to the page. */
export function input(say: Words, page: EnrolPage, name: TextField, options: InputOptions = {}): string {
  const { type = "text", required = false, mode = "text", placeholder = "" } = options;
  const { label, hint = "" } = say.enrol.fields[name];
  const shownHint = options.hint ?? hint;
  const value = type === "password" ? "" : page.values[name];
  const autocomplete = type === "password" ? "new-password" : "off";
  return html`<div class="field">
<label for="${name}">${label}!${required ? "" : html` <span class="optional">(${say.enrol.optional})</span>`}</label>
<input id="${name}" name="${name}" type="${type}" value="${value}" placeholder="${placeholder}" inputmode="${mode}"
 autocomplete="${autocomplete}" autocapitalize="off" spellcheck="false" !${required ? "required" : ""}
 !${describedBy(page, name, shownHint !== "")}>
!${mistakeLine(say, page, name)}
!${shownHint === "" ? "" : html`<p class="hint" id="${name}-hint">${shownHint}</p>`}
</div>`;
}

export function tick(say: Words, page: EnrolPage, name: Field, value: string, label: string): string {
  const isTicked = page.values[name] === value;
  return html`<label class="choice" for="${name}">
<input type="checkbox" id="${name}" name="${name}" value="${value}" !${isTicked ? "checked" : ""}
 !${describedBy(page, name, false)}>
<span>${label}</span></label>!${mistakeLine(say, page, name)}`;
}

export function securityField(say: Words, page: EnrolPage): string {
  const choice = (value: "tls" | "implicit" | "plain") => html`<label class="choice" for="security-${value}">
<input type="radio" id="security-${value}" name="security" value="${value}"
 !${page.values.security === value ? "checked" : ""}>
<span>${say.enrol.security[value]}</span></label>`;
  return html`<fieldset class="field" !${describedBy(page, "security", false)}>
<legend>${say.enrol.fields.security.label}</legend>
!${choice("tls")}!${choice("implicit")}!${choice("plain")}
!${mistakeLine(say, page, "security")}
<div class="only-plain">!${tick(say, page, "accept_plain", "yes", say.enrol.fields.accept_plain.label)}</div>
</fieldset>`;
}

function mistakeLine(say: Words, page: EnrolPage, name: Field): string {
  const mistake = page.mistakes[name];
  if (mistake === undefined) return "";
  return html`<p class="mistake" id="${name}-mistake">${sentenceOf(say, page, mistake)}</p>`;
}

function describedBy(page: EnrolPage, name: Field, hasHint: boolean): string {
  const isWrong = page.mistakes[name] !== undefined;
  const ids = [isWrong ? `${name}-mistake` : "", hasHint ? `${name}-hint` : ""].filter(Boolean).join(" ");
  const invalid = isWrong ? `aria-invalid="true"` : "";
  return html`!${ids === "" ? "" : html`aria-describedby="${ids}"`} !${invalid}`;
}

function sentenceOf(say: Words, { trial }: EnrolPage, mistake: Mistake): string {
  if (mistake !== "problem") return say.mistakes[mistake];
  return problemSentence(say, trial?.kind === "failed" ? trial.problem.code : "other");
}

/** One sentence for each code; never what the server itself said. */
export function problemSentence(say: Words, code: string): string {
  return (say.problems as Record<string, string>)[code] ?? say.problems.other;
}
