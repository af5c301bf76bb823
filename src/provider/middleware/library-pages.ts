import type { Context, Middleware } from 'koa'
import { PiasError } from '#src/kernel/errors.ts'

/** A form that only passes something on: where to, and with what. */
export type PassingForm = {
  readonly action: string
  readonly fields: readonly { readonly name: string; readonly value: string }[]
}

/** As oidc-provider writes it, in `lib/response_modes/form_post.js`. */
const FORM =
  /<form method="post" action="([^"]*)">\s*((?:<input type="hidden" name="\w+" value="[^"]*"\/>\s*)*)<noscript>/
const FIELD = /name="(\w+)" value="([^"]*)"/g

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
const unescapeHtml = (text: string): string => text.replace(/&(#?\w+);/g, (entity, name) => ENTITIES[name] ?? entity)

/** Reads the form of the page that submits itself; undefined for any other page. */
export const readPassingForm = (html: string): PassingForm | undefined => {
  const [, action, fields] = FORM.exec(html) ?? []
  if (action === undefined || fields === undefined) return undefined
  return {
    action: unescapeHtml(action),
    fields: [...fields.matchAll(FIELD)].map(([, name = '', value = '']) => ({ name, value: unescapeHtml(value) })),
  }
}

/** Whether a person would see a page that is not of ours; `responder.show` marks its own. */
const isForeignPage = (ctx: Context): boolean =>
  ctx.state.ownPage !== true && ctx.response.is('html') === 'html' && (ctx.status < 300 || ctx.status >= 400)

/**
 * The one place where pages of the library's own become ours (ADR 0031). The form that submits itself is shown in our
 * layout, without the inline script and the hole it makes in the policy.
 * @throws PiasError `server.failed` for markup that we do not know: nobody sees it, and an upgrade does not pass unseen
 */
export const createLibraryPages =
  (show: (ctx: Context, form: PassingForm) => void): Middleware =>
  async (ctx, next) => {
    await next()
    if (!isForeignPage(ctx)) return
    const form = readPassingForm(String(ctx.body))
    if (form === undefined) throw new PiasError('server.failed', 'oidc-provider made a page that PIAS does not know')
    const policy = ctx.response.get('Content-Security-Policy')
    ctx.set('Content-Security-Policy', policy.replace(/ 'sha256-[^']*'/g, '').replaceAll(/;(?=\S)/g, '; '))
    show(ctx, form)
  }
