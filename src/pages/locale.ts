import Negotiator from 'negotiator'
import { LOCALES, type Locale } from '#src/kernel/identity.ts'

/** What a request says about language; every field may hold anything a browser or an app sent. */
export type LocaleHints = {
  /** What the person chose on a page of this very login. */
  readonly chosen?: string | undefined
  /** `ui_locales` of the authorization request: tags separated by spaces, best first (OIDC Core 3.1.2.1). */
  readonly uiLocales?: string | undefined
  /** What the person chose in an earlier login. */
  readonly cookie?: string | undefined
  /** The `Accept-Language` header (RFC 9110, 12.5.4). */
  readonly acceptLanguage?: string | undefined
  /** What the app, or else the configuration, prefers. */
  readonly clientDefault?: string | undefined
}

/** For somebody none of whose languages we speak, English is the least bad guess. */
const LAST_RESORT: Locale = 'en'

/** Nobody prefers more languages than fit here; longer headers are cut before they are parsed. */
const MAX_HEADER = 500

/** "fr-BE" and "FR" are French: of a language tag (RFC 5646) only the first part counts. */
const toLocale = (tag: string | undefined): Locale | undefined => {
  const language = tag?.trim().toLowerCase().split('-')[0]
  return LOCALES.find(locale => locale === language)
}

const fromUiLocales = (tags: string | undefined): Locale | undefined =>
  tags
    ?.slice(0, MAX_HEADER)
    .split(' ')
    .map(toLocale)
    .find(locale => locale !== undefined)

/** `*` says "anything", which is no preference: the app's own default is better than our first language. */
const fromAcceptLanguage = (header: string | undefined): Locale | undefined => {
  const named = header
    ?.slice(0, MAX_HEADER)
    .split(',')
    .filter(part => !part.trim().startsWith('*'))
    .join(',')
  if (!named) return undefined
  return toLocale(new Negotiator({ headers: { 'accept-language': named } }).languages([...LOCALES])[0])
}

/**
 * The language of a page: switcher, then `ui_locales`, cookie, `Accept-Language`, and the app's default.
 * Anything we do not speak is passed over; never throws.
 */
export const chooseLocale = (hints: LocaleHints): Locale =>
  toLocale(hints.chosen) ??
  fromUiLocales(hints.uiLocales) ??
  toLocale(hints.cookie) ??
  fromAcceptLanguage(hints.acceptLanguage) ??
  toLocale(hints.clientDefault) ??
  LAST_RESORT
