import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { createLinkChanges } from '#src/accounts/link-changes.ts'
import { newAccountId } from '#src/accounts/new-account-id.ts'
import { type RunningConsole, startConsole } from '#test/console/support.ts'
import { launchChromium } from '#test/support/chromium.ts'
import { becomeFirstOwner, problemsOf, signInToConsole } from './console-visitor.ts'

/**
 * What the console answers to its forms, of which axe sees nothing at an address: what is wrong, questions, results. Each
 * form of each page is sent as it stands, and filled in.
 */
const PHONE = { viewport: { width: 320, height: 640 }, colorScheme: 'dark' } as const
const DESKTOP = { viewport: { width: 1280, height: 800 }, colorScheme: 'light' } as const
const GUEST = 'synthetic-guest'
const LONG_MS = 240_000

/** What fields are filled in with, by name; all else stays as it is. */
const FILLED: Readonly<Record<string, string>> = {
  reason: 'a synthetic reason',
  accountId: GUEST,
  account: GUEST,
  roles: 'viewer',
  into: 'synthetic-other',
  value: 'TV-SYNTHETIC',
  serviceLine: 'tv',
  customerId: 'TV-SYNTHETIC',
  givenName: 'Marie',
  familyName: 'Peeters',
  birthDate: '1990-01-01',
  client_name: 'Another synthetic shop',
  client_id: 'another-shop',
  redirect_uris: 'https://shop.example/cb',
  errorBudget: '1000',
}

/** How many pages of each kind are seen at least, whatever an earlier round has done. */
const AS_THEY_STAND = { errors: 15, questions: 2, results: 4 }
const FILLED_IN = { errors: 1, questions: 6, results: 10 }

const LINK = { serviceLine: 'tv', method: 'match', ruleVersion: 'r1', evidence: [], linkedAt: 0 } as const

let browser: Browser
let admin: RunningConsole
let owner: Page
let change: string

beforeAll(async () => {
  ;[browser, admin] = await Promise.all([launchChromium(), startConsole()])
  const { store } = admin.running.pias
  await admin.login('lotte')
  await store.accounts.open({
    account: { id: GUEST as never, createdAt: 0, updatedAt: 0, claims: { name: 'Synthetic Guest' } },
    identity: { issuer: 'https://itsme.example', clientId: 'pias', subject: GUEST },
    customers: ['TV-SYNTHETIC', 'TV-OTHER'].map(customerId => ({ ...LINK, customerId })),
    events: [],
  })
  const customer = { serviceLine: 'tv', customerId: 'TV-SYNTHETIC' } as const
  const metadata = {
    client_id: 'shop',
    client_name: 'Synthetic shop',
    redirect_uris: ['https://shop.example/cb'],
    token_endpoint_auth_method: 'client_secret_basic',
  }
  const times = { createdAt: 0, updatedAt: 0 }
  const secrets = [{ id: 'synthetic', hash: 'synthetic', createdAt: 0 }]
  const base = { clientId: 'shop', version: 1, state: 'active', managedBy: 'api' } as const
  await store.clients.put({ ...base, ...times, secrets, metadata }, [])
  await store.rollouts.put({ clientId: 'shop', version: 1, at: 1, by: 'a', reason: 'synthetic', policy: null }, [])

  owner = await signInToConsole(browser, admin, DESKTOP)
  // Somebody without a role enters a code that is not good.
  await owner.getByRole('textbox', { name: 'Code' }).fill('another')
  await owner.getByRole('button', { name: 'Become an owner' }).click()
  await owner.waitForLoadState('load')
  expect(await problemsOf(owner)).toEqual([])
  await becomeFirstOwner(owner, admin)
  const changes = createLinkChanges({ ...store, clock: Date.now, newAccountId })
  await changes.request({ kind: 'unlink', record: customer }, { by: 'test', reason: 'a synthetic reason' })
  change = `${(await store.linkChanges.list({ of: { accountId: GUEST as never }, limit: 1 }))[0]?.id}`
}, LONG_MS)

afterAll(async () => {
  await browser?.close()
  await admin?.close()
})

/** Where the forms of a page are sent to, in their order; '' for what downloads a file, and the way out: they lead to no page. */
const formsOf = async (page: Page): Promise<readonly string[]> => {
  const all = await page.evaluate(() => [...document.forms].map(form => (form.method === 'post' ? form.action : '')))
  return all.map(action => (/logout|export/.test(action) ? '' : action.replace(admin.origin, '')))
}

/** Sends a form of the page that is open, though a browser would see what is missing. */
const sendForm = async (page: Page, index: number, filled: Readonly<Record<string, string>>): Promise<void> => {
  const loaded = page.waitForEvent('load').catch(error => {
    throw new Error(`form ${index} of ${page.url()} led nowhere`, { cause: error })
  })
  await page.evaluate(
    ([at, values]) => {
      const form = document.forms[at]
      for (const field of form?.elements ?? []) {
        const { name, type } = field as HTMLInputElement
        const value = (values as Readonly<Record<string, string>>)[name]
        if (type === 'checkbox') (field as HTMLInputElement).checked = (field as HTMLInputElement).value === value
        else if (type !== 'hidden' && value !== undefined) (field as HTMLInputElement).value = value
      }
      // A button may bear that name.
      if (form !== undefined) HTMLFormElement.prototype.submit.call(form)
    },
    [index, filled] as const,
  )
  await loaded
}

/** An open review of the guest: there is one, or it is raised again. */
const openReview = async (): Promise<string> => {
  const { reviews } = admin.running.pias.store
  const customer = { serviceLine: 'tv', customerId: 'TV-OTHER' } as const
  const matter = { kind: 'record-withdrawn', accountId: GUEST as never, customer } as const
  await reviews.raise({ matter, raisedAt: 1, data: { method: 'match' }, events: [] })
  return `${(await reviews.list({ limit: 1 }))[0]?.id}`
}

const pathsWith = (review: string) => [
  '/clients/new?preset=web',
  '/clients/shop',
  '/clients/shop/settings',
  '/clients/shop/secrets',
  '/clients/shop/rollout',
  '/clients/test-app/trial',
  '/clients/test-app/preview',
  '/people',
  `/people/${GUEST}`,
  `/people/${GUEST}/links`,
  `/link-changes/${change}`,
  '/rules',
  `/reviews/${review}`,
  '/audit',
  '/admins',
  `/admins/${GUEST}`,
]

test.each<[string, BrowserContextOptions, Readonly<Record<string, string>>, Readonly<Record<string, number>>]>([
  ['on a phone in the dark, as they stand', PHONE, {}, AS_THEY_STAND],
  ['on a phone in the dark, filled in', PHONE, FILLED, FILLED_IN],
  ['on a desktop in the light, filled in', DESKTOP, FILLED, FILLED_IN],
])(
  'forms %s',
  async (_, screen, filled, least) => {
    const context = await browser.newContext({ locale: 'en-GB', ...screen })
    await context.addCookies(await owner.context().cookies())
    const page = await context.newPage()
    const seen = { errors: 0, questions: 0, results: 0 }
    const look = async (action: string): Promise<void> => {
      expect([action, await problemsOf(page)]).toEqual([action, []])
      const isError = (await page.title()).startsWith('Error: ')
      const isQuestion = (await page.locator('[name=sure]').count()) > 0
      seen[isError ? 'errors' : isQuestion ? 'questions' : 'results'] += 1
    }
    for (const path of pathsWith(await openReview())) {
      await page.goto(`${admin.origin}${path}`)
      const forms = await formsOf(page)
      // From the last: the first form of a review closes it.
      for (const [index, action] of [...forms.entries()].reverse()) {
        await page.goto(`${admin.origin}${path}`)
        if (action === '' || (await formsOf(page))[index] !== action) continue
        await sendForm(page, index, filled)
        await look(action)
        // What a preview leads to, but not yes to a question.
        const next = (await formsOf(page)).findIndex(one => one !== '' && !forms.includes(one))
        if (next < 0 || path.startsWith('/reviews/')) continue
        await sendForm(page, next, filled)
        await look(`${action}, and on`)
      }
    }
    await context.close()
    const lacking = Object.entries(least).filter(([kind, count]) => seen[kind as keyof typeof seen] < count)
    expect([lacking, seen]).toEqual([[], seen])
  },
  LONG_MS,
)
