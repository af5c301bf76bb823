import { HtmlValidate } from 'html-validate'
import { LOCALES } from '#src/kernel/identity.ts'
import { createNotifications } from '#src/pages/notifications/create-notifications.ts'
import { NOTIFICATION_NAMES } from '#src/pages/notifications/notification-views.ts'
import { NOTIFICATION_STATES } from '#src/pages/style/notification-states.ts'
import { attributes, readableText, tags, VIEWS_DIR } from './support.ts'

const notifications = createNotifications({ viewsDir: VIEWS_DIR, host: 'id.example', brand: { name: 'House' } })
const validator = new HtmlValidate({ root: true, extends: ['html-validate:standard', 'html-validate:a11y'] })

/** Letters that a text message carries in seven bits (3GPP 23.038); any other halves what fits. */
const GSM = /^[@£$¥èéùìòÇ\nØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà]*$/

const WALK = NOTIFICATION_STATES.flatMap(entry =>
  LOCALES.map(locale => ({
    name: `${entry.name} (${entry.state}) in ${locale}`,
    locale,
    mail: notifications.mail(entry.name, { ...entry.input, locale }),
    sms: notifications.sms(entry.name, { ...entry.input, locale }),
  })),
)

test('the style page holds every notification', () => {
  expect(new Set(NOTIFICATION_STATES.map(({ name }) => name))).toEqual(new Set(NOTIFICATION_NAMES))
})

describe.each(WALK)('$name', ({ locale, mail, sms }) => {
  test('says the same as text and as HTML', () => {
    expect(mail.text.split('\n')[0]).toBe(mail.subject)
    const shown = readableText(mail.html)
    const lines = mail.text.split('\n').filter(line => line !== '' && line !== '--' && !line.startsWith('http'))
    for (const line of lines) expect(shown).toContain(line.replace(/\s/g, ' '))
    expect(lines.length).toBeGreaterThan(3)
    expect(attributes(mail.html, 'lang')[0]).toBe(locale)
  })

  test('has a subject that fits a phone, and no key or gap', () => {
    expect(mail.subject.length).toBeLessThanOrEqual(60)
    expect([mail.subject, mail.text, mail.html, sms].join('\n')).not.toMatch(/undefined|\{\w+\}|\bnotify\./)
  })

  test('is valid HTML that asks nobody and runs nothing', async () => {
    const { results } = await validator.validateString(mail.html)
    expect(results.flatMap(({ messages }) => messages.map(({ message }) => message))).toEqual([])
    expect(tags(mail.html, 'script|img|link|iframe')).toEqual([])
    expect(mail.html).not.toMatch(/url\(|@import/)
  })

  test('fits one text message', () => {
    expect(sms).toMatch(GSM)
    expect(sms.length).toBeLessThanOrEqual(160)
    expect(sms).toMatch(/^House: /)
  })
})

describe('a code', () => {
  const input = { locale: 'en', model: { code: '482913', minutes: 10 } } as const

  test('is bound to our host by the last line of the text message', () => {
    expect(notifications.sms('code', input).split('\n').at(-1)).toBe('@id.example #482913')
  })

  test('is read without opening the mail, and leads nowhere', () => {
    const { subject, html, text } = notifications.mail('code', input)
    expect(subject).toMatch(/^482913 /)
    expect([...attributes(html, 'href'), ...text.matchAll(/https?:/g)]).toEqual([])
  })
})

test('what others named is text, and no header of its own', () => {
  const device = '<b>TV</b>\r\nBcc: everybody@mail.example'
  const { subject, html } = notifications.mail('device-connected', {
    locale: 'en',
    model: { at: 0, device, app: 'Pickx' },
  })
  expect(subject).not.toMatch(/[\r\n]/)
  expect(html).toContain('&lt;b&gt;TV&lt;/b&gt;')
  expect(html).not.toContain('<b>')
})

test('every notification but a code says where to turn, and when it was', () => {
  for (const { name, input } of NOTIFICATION_STATES.filter(({ name }) => name !== 'code')) {
    const { text, html } = notifications.mail(name, { ...input, locale: 'nl' })
    expect(text).toContain('15 januari 2026 om 14:35')
    expect(attributes(html, 'href')).toEqual(['https://www.proximus.be/support'])
  }
})
