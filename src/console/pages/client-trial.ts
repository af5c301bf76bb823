import type { ClientDetail } from '#src/admin/operations/clients.ts'
import { settingsOf } from '#src/console/app-settings/all-settings.ts'
import { inWords } from '#src/console/app-settings/form-fields.ts'
import type { Metadata } from '#src/console/app-settings/setting.ts'
import { kindOf } from '#src/console/app-settings/token-settings.ts'
import { type Block, type CellLike, json, type Page } from '#src/console/blocks.ts'
import { clientPath } from '#src/console/client-cell.ts'
import type { ConsolePage } from '#src/console/console-page.ts'
import { eventName } from '#src/console/events.ts'
import type { Field } from '#src/console/form.ts'
import type { TrialBegun, TrialError, TrialReport } from '#src/console/told.ts'
import type { Visit } from '#src/console/visit.ts'
import { clockTime } from '#src/console/words.ts'
import { ACRS, LOCALES } from '#src/kernel/identity.ts'
import type { FoundAuditEvent } from '#src/store/ports/audit.ts'
import { accountPath } from './account-tabs.ts'
import { apiChoice, scopeOf } from './api-choice.ts'
import { clientHead, isManagedElsewhere } from './client-tabs.ts'
import { stepWords } from './rollout-words.ts'

const AS_USUAL = { value: '', label: 'As the app is set up' } as const

const PROMPTS = [
  { value: '', label: 'No page that is not needed' },
  { value: 'login', label: 'Log in anew (prompt=login)' },
  { value: 'consent', label: 'Ask for consent (prompt=consent)' },
  { value: 'none', label: 'No page at all (prompt=none)' },
] as const

const LANGUAGES: Readonly<Record<(typeof LOCALES)[number], string>> = {
  nl: 'Dutch',
  fr: 'French',
  de: 'German',
  en: 'English',
}

const canLogIn = ({ metadata }: ClientDetail): boolean =>
  (metadata as { grant_types?: readonly string[] }).grant_types?.includes('authorization_code') === true

const fieldsOf = async (visit: Visit, client: ClientDetail): Promise<readonly Field[]> => {
  return [
    { name: 'scope', label: 'Scopes', value: scopeOf(client), hint: 'With spaces between them.' },
    ...(await apiChoice(visit, client)),
    {
      name: 'acr',
      label: 'Level of the login',
      kind: 'select',
      options: [AS_USUAL, ...ACRS.map(value => ({ value, label: value }))],
    },
    { name: 'prompt', label: 'Pages', kind: 'select', options: PROMPTS },
    {
      name: 'locale',
      label: 'Language',
      kind: 'select',
      options: [AS_USUAL, ...LOCALES.map(value => ({ value, label: LANGUAGES[value] }))],
    },
  ]
}

const requestBlock = (request: Readonly<Record<string, string>>): Block => ({
  kind: 'facts',
  title: 'The request',
  rows: Object.entries(request).map(([label, text]) => ({ label, cells: [{ text, code: true }] })),
})

const PLACES: Readonly<Record<TrialError['at'], string>> = {
  request: 'PIAS does not take the request',
  login: 'PIAS sent the browser back with an error',
  token: 'PIAS does not redeem the code',
  userinfo: 'PIAS does not tell userinfo',
}

const errorNotice = ({ at, code, description, reason, fix }: TrialError): Block => ({
  kind: 'notice',
  tone: 'bad',
  title: `${PLACES[at]}: ${code}`,
  text: [...(description === undefined ? [] : [description]), `Why: ${reason}.`, `What to do: ${fix}.`],
})

const begunPage = (client: ClientDetail, begun: TrialBegun): Page => {
  const path = `${clientPath(client.clientId)}/trial`
  const again = { text: 'Change the request', href: path }
  if ('code' in begun) {
    return { ...clientHead(client, '/trial'), blocks: [errorNotice(begun), { kind: 'links', links: [again] }] }
  }
  return {
    ...clientHead(client, '/trial'),
    lead: 'PIAS has taken the request. Go on within a minute.',
    blocks: [
      { kind: 'links', links: [{ text: 'Log in as this app', href: begun.url, tone: 'primary' }, again] },
      requestBlock(begun.request),
    ],
  }
}

/** A test login as an app: what it asks for. */
const trialPage: ConsolePage = {
  path: '/clients/:clientId/trial',
  show: async visit => {
    const client = await visit.ask('showClient', { params: visit.params })
    const head = clientHead(client, '/trial')
    if (!canLogIn(client)) {
      const text = ['A device shows a code of its own, and a machine needs no person: try those from the app.']
      return { ...head, blocks: [{ kind: 'notice', tone: 'plain', title: 'Nobody logs in to it by a browser', text }] }
    }
    return {
      ...head,
      lead: 'Log in as if you came from this app, and see each step and what the app would get.',
      blocks: [
        ...visit.form('beginTrial', {
          title: 'What the app asks for',
          action: `${clientPath(client.clientId)}/trial`,
          submit: 'Prepare the login',
          fields: await fieldsOf(visit, client),
        }),
        {
          kind: 'text',
          title: 'What is real, and what is not',
          paragraphs: [
            'The login is real: whoever logs in is matched, linked and asked as in any login at this app, by its rollout, its look and its consent. Log in as yourself, or as a test person.',
            'The app itself takes no part: PIAS asks under a name of its own and returns to this console, so where the app returns to, how it proves itself and what is encrypted to it are not tried. No token leaves PIAS, and each is ended at once.',
          ],
        },
      ],
    }
  },
  acts: {
    '': async ({ act, ask, params, text }) => {
      const client = await ask('showClient', { params })
      const names = ['scope', 'resource', 'acr', 'prompt', 'locale'] as const
      const body = Object.fromEntries(names.map(name => [name, text(name)]).filter(([, value]) => value !== ''))
      const outcome = await act('beginTrial', { params, body })
      return 'problem' in outcome ? outcome : { page: begunPage(client, outcome.told) }
    },
  },
}

const accessTokenBlocks = ({ accessToken }: TrialReport): readonly Block[] => {
  if (accessToken === undefined) return []
  const { type, format, scope, expiresIn, header, claims } = accessToken
  const facts: Block = {
    kind: 'facts',
    title: 'Access token',
    rows: [
      { label: 'Type', cells: [type] },
      { label: 'Format', cells: [format === 'jwt' ? 'JSON web token' : 'opaque'] },
      { label: 'Scopes', cells: [{ text: scope, code: true }] },
      { label: 'Good for', cells: [`${expiresIn} seconds`] },
    ],
  }
  return claims === undefined ? [facts] : [facts, json('What is in the access token', { header, claims })]
}

const WHAT_API_HEARS = 'What an API hears that asks PIAS about the access token.'

const tokenBlocks = (report: TrialReport): readonly Block[] => {
  const { idToken, userinfo, introspection } = report
  return [
    ...(idToken ? [json('ID token', idToken)] : []),
    ...accessTokenBlocks(report),
    ...(userinfo ? [json('Userinfo', userinfo)] : []),
    ...(introspection ? [json('Introspection', introspection, WHAT_API_HEARS)] : []),
  ]
}

const STEP_COLUMNS = [{ label: 'When' }, { label: 'What' }, { label: 'Details' }] as const

const whyCell = ({ type, accountId }: FoundAuditEvent): CellLike =>
  type.startsWith('link.') && accountId !== undefined ? { text: 'Why', href: `${accountPath(accountId)}/why` } : ''

/** What people and PIAS did, in its order. */
const stepsTable = (events: readonly FoundAuditEvent[]): Block => ({
  kind: 'table',
  title: 'What happened',
  columns: STEP_COLUMNS,
  rows: events.toReversed().map(event => {
    const { step, method } = event.data as { step?: string; method?: string }
    return event.type === 'trial.step'
      ? [clockTime(event.at), stepWords(step ?? ''), method === undefined ? '' : { text: method, code: true }]
      : [clockTime(event.at), { text: eventName(event.type), hint: event.type }, whyCell(event)]
  }),
  empty: 'Nothing was asked: the person was logged in already, and this was enough.',
})

/** What to do about settings, as their form calls them, or as a file does where there is no form. */
const fixWords = (client: ClientDetail, fix: string): string => {
  const metadata = client.metadata as Metadata
  return isManagedElsewhere(client) ? fix : inWords(fix, settingsOf(kindOf(metadata), []))
}

/** What the app itself does then, as far as what is registered tells how it ends. */
const appStepsTable = (client: ClientDetail, { clientId, appSteps = [] }: TrialReport): readonly Block[] =>
  appSteps.length === 0
    ? []
    : [
        {
          kind: 'table',
          title: 'What a page of the app does then',
          intro: 'Not tried, and known from what is registered.',
          columns: [{ label: 'Page at' }, { label: 'Redeems the code and reads the answer' }, { label: 'What to do' }],
          rows: appSteps.map(({ origin, problem }) => [
            { text: origin, code: true },
            problem === undefined
              ? { text: 'works', tag: 'good' }
              : { text: 'fails', tag: 'bad', hint: `Why: ${problem.reason}.` },
            problem === undefined
              ? ''
              : {
                  text: 'Change the settings',
                  href: `${clientPath(clientId)}/settings`,
                  hint: fixWords(client, problem.fix),
                },
          ]),
          empty: '',
        },
      ]

const endNotice = ({ error, appSteps = [] }: TrialReport): Block => {
  if (error !== undefined) return errorNotice(error)
  if (appSteps.every(({ problem }) => problem === undefined)) {
    return { kind: 'notice', tone: 'good', title: 'The app would have somebody logged in' }
  }
  const title = 'PIAS lets somebody log in, and the app cannot finish: see what a page of it does then'
  return { kind: 'notice', tone: 'warning', title }
}

/** What came of it; reached by the browser that PIAS sends back. */
const callbackPage: ConsolePage = {
  path: '/trial/callback',
  show: async ({ ask, query }) => {
    const report = await ask('finishTrial', { body: { answer: query } })
    const [client, { events }] = await Promise.all([
      ask('showClient', { params: { clientId: report.clientId } }),
      ask('searchAudit', { query: { client: `pias-trial.${report.id}.${report.clientId}`, limit: '200' } }),
    ])
    const { error } = report
    const again = { text: 'Try again', href: `${clientPath(report.clientId)}/trial` }
    const masked: Block = {
      kind: 'notice',
      tone: 'plain',
      title: 'Somebody else than you logged in',
      text: ['So what the app would get is masked.'],
    }
    return {
      ...clientHead(client, '/trial'),
      section: clientPath(report.clientId),
      lead: 'Shown for a quarter of an hour to you alone. Its tokens are worth nothing any more.',
      blocks: [
        endNotice(report),
        ...(report.own || error !== undefined ? [] : [masked]),
        stepsTable(events),
        ...appStepsTable(client, report),
        ...tokenBlocks(report),
        requestBlock(report.request),
        { kind: 'links', links: [again] },
      ],
    }
  },
}

/** Test logins as an app (ADR 0074). */
export const trialPages: readonly ConsolePage[] = [trialPage, callbackPage]
