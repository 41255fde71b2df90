// What every public page has around its content, and the plain pages that only say something.
import { html } from "ghtml";
import type { Language } from "#contract";

export interface Frame {
  language: Language;
  /** Path before /style.css, when the public address has one; else empty. */
  base: string;
}

/** @param body HTML that is escaped already */
export function renderFrame({ language, base }: Frame, title: string, body: string): string {
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} · FonShare</title>
<link rel="stylesheet" href="${base}/style.css">
</head>
<body>
<header><span class="brand">FonShare</span></header>
<main>
<h1>${title}</h1>
!${body}
</main>
</body>
</html>
`;
}

export function renderMessage(frame: Frame, { title, text }: { title: string; text: string }): string {
  return renderFrame(frame, title, html`<p class="lead">${text}</p>`);
}
