const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Markup that is safe to put into a page as it is. */
export type Html = { readonly markup: string }

const escaped = (text: string): string => text.replace(/[&<>"']/g, character => ESCAPES[character] ?? character)

const render = (value: string | Html | readonly Html[]): string => {
  if (typeof value === 'string') return escaped(value)
  return 'markup' in value ? value.markup : value.map(({ markup }) => markup).join('')
}

/** A template whose plain values are escaped. */
export const html = (strings: TemplateStringsArray, ...values: readonly (string | Html | readonly Html[])[]): Html => ({
  markup: String.raw({ raw: strings }, ...values.map(render)),
})

/** A whole page of the simulator, which says on every screen what it is. */
export const document = (title: string, body: Html): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · itsme simulator</title>
<link rel="stylesheet" href="/simulator.css">
</head>
<body>
<header><p class="badge">Simulator</p><p>Not the real itsme. Every person here is invented.</p></header>
<main>${body}</main>
</body>
</html>
`.markup
