import { document, html } from './html.ts'

/** A page that says one thing. */
export const messagePage = (title: string, text: string): string =>
  document(title, html`<h1>${title}</h1><p>${text}</p>`)
