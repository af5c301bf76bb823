import type { Locale } from '#src/kernel/identity.ts'
import { writeDate, writeMoment } from '#src/pages/dates.ts'
import type { NotificationModels, NotificationName } from './notification-models.ts'

/**
 * From model to words: subject under `notify.<words>.subject`, text message under `notify.<words>.sms`, and what the
 * mail says line by line. `params` go into all of them.
 */
export type NotificationView = {
  readonly words: string
  readonly lines: readonly string[]
  readonly params: Readonly<Record<string, string>>
  /** Shown large, and bound to our host in a text message. */
  readonly code?: string
}

const told = (
  words: string,
  at: number,
  locale: Locale,
  params: NotificationView['params'] = {},
): NotificationView => ({
  words,
  lines: [`notify.${words}.body`, 'notify.when'],
  params: { ...params, when: writeMoment(at, locale) },
})

const VIEWS: {
  readonly [N in NotificationName]: (model: NotificationModels[N], locale: Locale) => NotificationView
} = {
  code: ({ code, minutes }) => ({
    words: 'code',
    lines: ['notify.code.body', 'notify.code.secret'],
    params: { code, minutes: String(minutes) },
    code,
  }),
  linked: ({ at }, locale) => told('linked', at, locale),
  unlinked: ({ at }, locale) => told('unlinked', at, locale),
  'login-bound': ({ at, retiresOn }, locale) => {
    const view = told('login_bound', at, locale)
    if (retiresOn === undefined) return view
    return {
      ...view,
      lines: [...view.lines, 'notify.login_bound.password'],
      params: { ...view.params, date: writeDate(retiresOn, locale) },
    }
  },
  moved: ({ at }, locale) => told('moved', at, locale),
  'passkey-added': ({ at }, locale) => told('passkey_added', at, locale),
  'way-removed': ({ at, way }, locale) => told('way_removed', at, locale, { way }),
  'device-connected': ({ at, device, app }, locale) => told('device_connected', at, locale, { device, app }),
  'erase-scheduled': ({ at, on }, locale) => told('erase_scheduled', at, locale, { date: writeDate(on, locale) }),
}

/** All notifications there are. */
export const NOTIFICATION_NAMES = Object.keys(VIEWS) as NotificationName[]

export const toNotificationView = <N extends NotificationName>(
  name: N,
  model: NotificationModels[N],
  locale: Locale,
): NotificationView => VIEWS[name](model, locale)
