import type { Context, Middleware } from 'koa'
import type { Configuration, KoaContextWithOIDC } from 'oidc-provider'
import type { NoteRefusal } from '#src/http/error-boundary.ts'
import { PiasError } from '#src/kernel/errors.ts'
import type { PageModels } from '#src/pages/view-models.ts'
import { POLL_INTERVAL } from './device-limits.ts'
import { ALREADY_USED } from './guard-device-codes.ts'

/** The pages of the person who brings a device in. */
export type DevicePages = {
  code(ctx: Context, model: PageModels['device-code']): void
  confirm(ctx: Context, model: PageModels['device-confirm'], clientId: string): void
  done(ctx: Context, model: PageModels['device-done'], clientId?: string): void
}

const CHARSET = 'base-20'
const MASK = '****-****'
const CODE_LENGTH = 8

/** What was typed or scanned, as the library reads it. */
const normalise = (typed: string): string => typed.toUpperCase().replaceAll(/\W/g, '')

const asShown = (code: string): string => `${code.slice(0, CODE_LENGTH / 2)}-${code.slice(CODE_LENGTH / 2)}`

/** What is wrong with a code, by the library's own names of its errors. */
const PROBLEMS: Readonly<Record<string, PageModels['device-code']['error']>> = {
  NoCodeError: 'missing',
  NotFoundError: 'wrong',
  ExpiredError: 'expired',
  [ALREADY_USED]: 'used',
}

/** What the library says of a form whose session is gone or another's. */
const FORM_LOST = new Set(['could not find device form details', 'xsrf token invalid'])

type CodeProblem = { readonly name: string; readonly userCode?: string }

const formOf = (ctx: KoaContextWithOIDC) => ({
  action: ctx.oidc.urlFor('code_verification'),
  xsrf: (ctx.oidc.session?.state as { secret?: string } | undefined)?.secret ?? '',
})

const deviceOf = (params: Readonly<Record<string, unknown>> | undefined) =>
  typeof params?.pias_device_name === 'string' ? { name: params.pias_device_name } : {}

/**
 * The device grant (RFC 8628) with our pages. Whoever brings a device in is always asked, with the code, the app and the
 * device before the eyes, also where a QR code has filled the code in: a link that somebody else sent does nothing by
 * itself (RFC 8628, 5.4).
 * @param deps.nameOf the name of an account's person, if it is known
 * @param deps.renderError shows an error that is none of the code
 * @param deps.noteRefusal is told of codes that are none: guesses (ADR 0049)
 */
export const createDeviceFlow = (deps: {
  pages: DevicePages
  nameOf: (accountId: string) => Promise<string | undefined>
  renderError: NonNullable<Configuration['renderError']>
  noteRefusal: NoteRefusal
}): NonNullable<NonNullable<Configuration['features']>['deviceFlow']> => {
  const { pages } = deps

  const showProblem = (ctx: KoaContextWithOIDC, { name, userCode }: CodeProblem): void => {
    const error = normalise(userCode ?? '') === '' && name === 'NotFoundError' ? 'missing' : PROBLEMS[name]
    if (error === 'wrong') deps.noteRefusal(ctx, 'device_code.wrong')
    ctx.status = 422
    const typed = userCode === undefined ? {} : { userCode: userCode.slice(0, CODE_LENGTH * 2) }
    pages.code(ctx, { ...formOf(ctx), ...typed, ...(error === undefined ? {} : { error }) })
  }

  const showConfirm = async (
    ctx: KoaContextWithOIDC,
    code: { clientId: string; userCode: string; params: Readonly<Record<string, unknown>> },
  ): Promise<void> => {
    const { userCode, clientId, params } = code
    const accountId = ctx.oidc.session?.accountId
    const name = accountId === undefined ? undefined : await deps.nameOf(accountId)
    const person = name === undefined ? {} : { signedInAs: name }
    pages.confirm(ctx, { ...formOf(ctx), userCode: asShown(userCode), device: deviceOf(params), ...person }, clientId)
  }

  /** The code came by a QR code: the same answers as if it was typed, and nothing changes yet. */
  const showScanned = async (ctx: KoaContextWithOIDC, scanned: string): Promise<void> => {
    const { provider } = ctx.oidc
    const code = await provider.DeviceCode.findByUserCode(normalise(scanned), { ignoreExpiration: true })
    const client = code?.clientId === undefined ? undefined : await provider.Client.find(code.clientId)
    if (code === undefined || client === undefined)
      return showProblem(ctx, { name: 'NotFoundError', userCode: scanned })
    if (code.isExpired) return showProblem(ctx, { name: 'ExpiredError', userCode: scanned })
    const used = code.error !== undefined || code.accountId !== undefined || code.inFlight === true
    if (used) return showProblem(ctx, { name: ALREADY_USED, userCode: scanned })
    const { userCode, params = {} } = code
    await showConfirm(ctx, { clientId: client.clientId, userCode, params })
  }

  return {
    enabled: true,
    charset: CHARSET,
    mask: MASK,
    // The device says who it is itself (`pias_device_name`); its address and browser are nobody's business.
    deviceInfo: () => ({}),

    userCodeInputSource: async (ctx, _form, out, error) => {
      const { scannedCode } = ctx.state as { scannedCode?: string }
      if (error === undefined || out === undefined) {
        if (scannedCode !== undefined) return showScanned(ctx, scannedCode)
        return pages.code(ctx, formOf(ctx))
      }
      if (error.name === 'AbortedError') return pages.done(ctx, { outcome: 'refused' }, ctx.oidc.client?.clientId)
      if (error.name in PROBLEMS) return showProblem(ctx, error as CodeProblem)
      if (FORM_LOST.has(out.error_description ?? '')) throw new PiasError('oidc.session')
      await deps.renderError(ctx, out, error)
    },

    userCodeConfirmSource: (ctx, _form, client, _deviceInfo, userCode) => {
      const { params = {} } = ctx.oidc.entities.DeviceCode ?? {}
      return showConfirm(ctx, { clientId: client.clientId, userCode: normalise(userCode), params })
    },

    successSource: async ctx => pages.done(ctx, { outcome: 'connected' }, ctx.oidc.client?.clientId),
  }
}

/**
 * Around the library's device routes. A code in the address, which the library would answer with a page that submits
 * itself, is kept for our page; devices are told how long to wait between two polls.
 */
export const deviceRoutes: Middleware = async (ctx, next) => {
  const { user_code: scanned, ...query } = ctx.query
  if (typeof scanned === 'string' && scanned !== '') {
    ctx.state.scannedCode = scanned
    ctx.query = query
  }
  await next()
  if ((ctx as KoaContextWithOIDC).oidc?.route === 'device_authorization' && ctx.status === 200) {
    Object.assign(ctx.body as object, { interval: POLL_INTERVAL })
  }
}
