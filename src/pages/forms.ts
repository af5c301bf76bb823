import type { PageName } from './view-models.ts'

/**
 * Where the POST of a page may end: `stays` on PIAS whatever happens, or `leaves` for an app or an upstream by its
 * redirects.
 */
export type FormTarget = 'stays' | 'leaves'

/** Every page with a form; the others may send none (`form-action`, see `src/http/page-responder.ts`). */
export const FORMS: Readonly<Partial<Record<PageName, FormTarget>>> = {
  prove: 'leaves',
  password: 'leaves',
  passkey: 'leaves',
  'connect-invited': 'leaves',
  'prove-contact': 'leaves',
  'enter-code': 'leaves',
  found: 'leaves',
  'move-identity': 'leaves',
  'new-account': 'leaves',
  'confirm-email': 'leaves',
  'call-warning': 'leaves',
  consent: 'leaves',
  'device-code': 'stays',
  'device-confirm': 'leaves',
  'auto-submit': 'leaves',
  logout: 'leaves',
  // Whoever is not logged in any more, or not of late, goes to the upstream from any of them.
  account: 'leaves',
  'account-ways': 'leaves',
  'account-records': 'leaves',
  'account-data': 'leaves',
  'account-erase': 'leaves',
}
