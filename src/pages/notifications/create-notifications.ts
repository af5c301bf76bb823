import { join } from 'node:path'
import { PiasError } from '#src/kernel/errors.ts'
import { type Brand, withDefaults } from '#src/pages/brand.ts'
import { createMessages } from '#src/pages/messages.ts'
import { createTemplates } from '#src/pages/templates.ts'
import type { Mail, NotificationInput, NotificationName } from './notification-models.ts'
import { toNotificationView } from './notification-views.ts'

/** E-mails and text messages, in the words and the brand of the pages. Sending them is somebody else's. */
export type Notifications = {
  /** @throws PiasError `server.failed` when the template or its words are at fault */
  mail<N extends NotificationName>(name: N, input: NotificationInput<N>): Mail
  /**
   * One text message of at most 160 letters of the GSM alphabet. A code is bound to our host by its last line, so that
   * phones offer it there alone (WICG, origin-bound one-time codes).
   */
  sms<N extends NotificationName>(name: N, input: NotificationInput<N>): string
}

/** No header of a mail may have a line of its own making. */
const oneLine = (text: string): string => text.replace(/[\r\n]+/g, ' ')

/**
 * Compiles the template once, with the words of `viewsDir/locales`.
 * @param deps.host of the issuer, such as `id.example`
 * @throws PiasError `config.invalid` when a template or a catalogue cannot be used
 */
export const createNotifications = (deps: { viewsDir: string; host: string; brand?: Brand }): Notifications => {
  const brand = withDefaults(deps.brand ?? {})
  const messages = createMessages({ dir: join(deps.viewsDir, 'locales') })
  const run = createTemplates(deps.viewsDir, messages)

  const prepare = <N extends NotificationName>(name: N, { locale, model, upstream }: NotificationInput<N>) => {
    const view = toNotificationView(name, model, locale)
    const translate = messages.in(locale)
    const known = {
      app: translate('app.unnamed'),
      brand: brand.name,
      help: brand.helpUrl,
      upstream: upstream ?? translate('upstream.unnamed'),
      ...view.params,
    }
    return { view, t: (key: string) => translate(key, known) }
  }

  return {
    mail: (name, input) => {
      const { view, t } = prepare(name, input)
      const subject = oneLine(t(`notify.${view.words}.subject`))
      const lines = view.lines.map(t)
      const isCode = view.code !== undefined
      const help = isCode ? undefined : { href: brand.helpUrl, words: t('notify.not_you') }
      const footer = t(isCode ? 'notify.code.footer' : 'notify.footer')
      const text = [subject, view.code, ...lines, help && `${help.words}\n${help.href}`, '--', footer, brand.name]
      try {
        const content = { subject, code: view.code, lines, help, footer }
        const html = run('mail/notification', { t, view: { locale: input.locale, brand }, content })
        return { subject, html, text: `${text.filter(Boolean).join('\n\n')}\n` }
      } catch (cause) {
        throw new PiasError('server.failed', `cannot render the mail ${name}`, { cause })
      }
    },
    sms: (name, input) => {
      const { view, t } = prepare(name, input)
      const text = `${brand.name}: ${t(`notify.${view.words}.sms`)}`
      return view.code === undefined ? `${text} ${t('notify.sms.not_you')}` : `${text}\n\n@${deps.host} #${view.code}`
    },
  }
}
