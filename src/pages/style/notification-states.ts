import type { Locale } from '#src/kernel/identity.ts'
import type { NotificationInput, NotificationName } from '#src/pages/notifications/notification-models.ts'

/** One state of one mail and text message; like {@link PageState}. */
export type NotificationState<N extends NotificationName = NotificationName> = {
  readonly name: N
  readonly state: string
  readonly input: Omit<NotificationInput<N>, 'locale'>
}

/** 14:35 in Belgium on a winter's day. */
const AT = Date.UTC(2026, 0, 15, 13, 35)

const notificationState = <N extends NotificationName>(
  name: N,
  state: string,
  model: NotificationInput<N>['model'],
): NotificationState<N> => ({ name, state, input: { model, upstream: 'itsme' } })

/** Every mail and text message in every state; one that is missing fails `test/pages/notifications.test.ts`. */
export const NOTIFICATION_STATES: readonly NotificationState[] = [
  notificationState('code', 'default', { code: '482913', minutes: 10 }),
  notificationState('linked', 'default', { at: AT }),
  notificationState('unlinked', 'default', { at: AT }),
  notificationState('login-bound', 'default', { at: AT }),
  notificationState('login-bound', 'password-ends', { at: AT, retiresOn: '2026-02-15' }),
  notificationState('moved', 'default', { at: AT }),
  notificationState('passkey-added', 'default', { at: AT }),
  notificationState('way-removed', 'default', { at: AT, way: 'MyProximus' }),
  notificationState('device-connected', 'default', { at: AT, device: 'Pickx TV Box', app: 'Pickx' }),
  notificationState('erase-scheduled', 'default', { at: AT, on: '2026-01-29' }),
]

/** The address of a mail on the style page, in a language. */
export const mailAddress = ({ name, state }: Pick<NotificationState, 'name' | 'state'>, locale: Locale): string =>
  `/style/mail/${name}/${state}?lang=${locale}`
