import type { Locale } from '#src/kernel/identity.ts'
import { dayOf, writeDate, writeTime } from './dates.ts'
import type { Action, NoticeContent, PageView } from './page-view.ts'
import type { PageModels } from './view-models.ts'

type NoticeName =
  | 'proof-locked'
  | 'password-locked'
  | 'connected'
  | 'linked-elsewhere'
  | 'refused'
  | 'not-offered'
  | 'upstream-away'
  | 'upstream-denied'
  | 'upstream-expired'
  | 'upstream-unavailable'
  | 'upstream-invalid'
  | 'wait'
  | 'elsewhere'
  | 'expired'
  | 'finished'
  | 'cookies-blocked'
  | 'no-login'
  | 'error'
  | 'logged-out'
type Notice = PageView<'notice', NoticeContent>

const primary = (href: string | undefined, label: string): Action[] =>
  href === undefined ? [] : [{ kind: 'primary', href, label }]

const secondary = (href: string | undefined, label: string): Action[] =>
  href === undefined ? [] : [{ kind: 'secondary', href, label }]

const notice = (icon: Notice['icon'], words: string, content: NoticeContent): Notice => ({
  template: 'notice',
  icon,
  words,
  content,
})

/** The upstream's own button, and the way out. */
const logInAgain = (model: { retryUrl: string; cancelUrl: string }): Action[] => [
  { kind: 'upstream', href: model.retryUrl, label: 'upstream.log_in' },
  ...secondary(model.cancelUrl, 'actions.cancel'),
]

const clock = (moment: number | undefined, locale: Locale): string | undefined =>
  moment === undefined ? undefined : writeTime(moment, locale)

/** Where trying again cannot help, the way on is the primary action; else it stands back. */
const errorActions = (model: PageModels['error']): Action[] =>
  model.retryUrl === undefined
    ? primary(model.appUrl, 'actions.to_app')
    : [...primary(model.retryUrl, 'actions.retry'), ...secondary(model.appUrl, 'actions.to_app')]

/** From model to view for the pages that tell something: a table, so that their differences show. */
export const NOTICES: { readonly [P in NoticeName]: (model: PageModels[P], locale: Locale) => Notice } = {
  'proof-locked': (model, locale) =>
    notice('lock', 'errors.proof.locked', {
      contact: true,
      retryAt: clock(model.retryAt, locale),
      actions: [...primary(model.newUrl, 'actions.new'), ...secondary(model.cancelUrl, 'actions.cancel')],
    }),
  'password-locked': (model, locale) =>
    notice('lock', 'password_locked', {
      contact: true,
      retryAt: clock(model.retryAt, locale),
      actions: primary(model.backUrl, 'actions.back'),
    }),
  connected: (model, locale) =>
    notice('check', model.retiresAt === undefined ? 'connected' : 'connected_until', {
      ...(model.retiresAt === undefined ? {} : { until: writeDate(dayOf(model.retiresAt), locale) }),
      actions: primary(model.continueUrl, 'actions.continue'),
    }),
  'linked-elsewhere': model =>
    notice('lock', 'errors.link.owned_elsewhere', {
      contact: true,
      actions: [...secondary(model.cancelUrl, 'actions.cancel'), ...secondary(model.accountUrl, 'account_ways.back')],
    }),
  refused: model =>
    notice('lock', 'errors.account.refused', { contact: true, actions: secondary(model.cancelUrl, 'actions.cancel') }),
  'not-offered': model => notice('door', 'not_offered', { actions: primary(model.cancelUrl, 'actions.to_app') }),
  'upstream-away': model => notice('clock', 'upstream_away', { actions: logInAgain(model) }),
  'upstream-denied': model => notice('turn-back', 'errors.upstream.denied', { actions: logInAgain(model) }),
  'upstream-expired': model => notice('clock', 'errors.upstream.expired', { actions: logInAgain(model) }),
  'upstream-unavailable': model =>
    notice('pause', 'errors.upstream.unavailable', {
      actions: [...primary(model.retryUrl, 'actions.retry'), ...secondary(model.cancelUrl, 'actions.cancel')],
    }),
  'upstream-invalid': model =>
    notice('warning', 'errors.upstream.invalid_response', {
      actions: [...primary(model.retryUrl, 'actions.retry'), ...secondary(model.cancelUrl, 'actions.cancel')],
    }),
  wait: model => notice('clock', 'wait', { busy: true, actions: primary(model.checkUrl, 'actions.check_again') }),
  elsewhere: model =>
    notice('devices', 'errors.interaction.elsewhere', { actions: secondary(model.appUrl, 'actions.to_app') }),
  expired: model =>
    notice('clock', 'errors.interaction.expired', { actions: primary(model.appUrl, 'actions.start_again') }),
  finished: model =>
    notice('check', 'errors.interaction.finished', { actions: primary(model.appUrl, 'actions.to_app') }),
  'cookies-blocked': model =>
    notice('cookie', 'errors.interaction.cookies_blocked', {
      steps: ['cookies.allow', 'cookies.site', 'cookies.again'],
      actions: primary(model.appUrl, 'actions.start_again'),
    }),
  'no-login': model => notice('door', 'no_login', { links: model.apps, actions: [] }),
  error: (model, locale) =>
    notice('warning', `errors.${model.code}`, {
      retryAt: clock(model.retryAt, locale),
      contact: model.retryUrl === undefined && model.appUrl === undefined,
      actions: errorActions(model),
      developer: { code: model.code, ...(model.detail === undefined ? {} : { detail: model.detail }) },
    }),
  'logged-out': model => notice('check', 'logged_out', { actions: primary(model.appUrl, 'actions.to_app') }),
}
