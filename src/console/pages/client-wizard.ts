import type { Problem } from '#src/admin/api/problem.ts'
import { PRESETS, type Preset, withPreset } from '#src/admin/operations/client-presets.ts'
import type { Page } from '#src/console/blocks.ts'
import { clientPath } from '#src/console/client-cell.ts'
import { type ConsolePage, withQuery } from '#src/console/console-page.ts'
import { linesOf, readObject } from '#src/console/fields.ts'
import type { Field } from '#src/console/form.ts'
import type { Visit } from '#src/console/visit.ts'
import type { Json } from '#src/kernel/runtime.ts'
import { secretNotice } from './client-secrets.ts'

const PRESET_WORDS: Readonly<Record<Preset, { name: string; hint: string }>> = {
  web: { name: 'Web app', hint: 'With a server that can keep a secret or a key' },
  spa: { name: 'Single-page app', hint: 'In the browser only' },
  native: { name: 'Phone app', hint: 'Android or iOS, with tokens bound to the phone' },
  tv: {
    name: 'TV',
    hint: 'Shows a code that people confirm on their phone, and proves a key of its own (DPoP) at each poll',
  },
  machine: { name: 'Machine', hint: 'Calls APIs as itself, without a person' },
  'third-party': { name: 'App of somebody else', hint: 'People are asked for their consent' },
}

const WITHOUT_REDIRECT: readonly Preset[] = ['tv', 'machine']
const WITH_SECRET: readonly Preset[] = ['web', 'machine', 'third-party']
const CRUMBS = [{ text: 'Apps', href: '/clients' }]

const presetOf = (text: string): Preset | undefined => PRESETS.find(preset => preset === text)

const choosePage: Page = {
  title: 'What kind of app is it?',
  lead: 'Each begins with settings that are right for it. All of them can be changed.',
  crumbs: CRUMBS,
  blocks: [
    {
      kind: 'links',
      links: PRESETS.map(preset => ({
        text: PRESET_WORDS[preset].name,
        hint: PRESET_WORDS[preset].hint,
        href: withQuery('/clients/new', { preset }),
      })),
    },
  ],
}

const fieldsOf = (preset: Preset): readonly Field[] => {
  const redirects: readonly Field[] = [
    {
      name: 'redirect_uris',
      label: 'Where people return to',
      kind: 'area',
      hint: 'One exact address per line, such as https://shop.example/callback',
    },
    {
      name: 'post_logout_redirect_uris',
      label: 'Where they go after logout',
      kind: 'area',
      hint: 'One exact address per line. May be empty.',
    },
  ]
  const origins: readonly Field[] = [
    {
      name: 'pias_origins',
      label: 'Where its pages are',
      kind: 'area',
      hint: 'One origin per line, such as https://shop.example: their pages may call PIAS. Empty: those of where people return to.',
    },
  ]
  const proof: readonly Field[] = [
    {
      name: 'token_endpoint_auth_method',
      label: 'How the app proves itself',
      kind: 'select',
      options: [
        { value: 'client_secret_basic', label: 'By a secret' },
        { value: 'private_key_jwt', label: 'By its own key (better)' },
      ],
    },
    {
      name: 'jwks_uri',
      label: 'Where its public keys are',
      hint: 'Only for an app with its own key',
    },
  ]
  return [
    { name: 'client_name', label: 'Name', hint: 'As people see it at login' },
    {
      name: 'client_id',
      label: 'Client id',
      hint: 'Letters, digits and - . _ ~. It never changes.',
    },
    ...(WITHOUT_REDIRECT.includes(preset) ? [] : redirects),
    ...(preset === 'spa' ? origins : []),
    ...(WITH_SECRET.includes(preset) ? proof : []),
    {
      name: 'more',
      label: 'Anything else, as JSON',
      kind: 'area',
      hint: 'Names of RFC 7591 and pias_*, such as {"scope": "openid profile"}. May be empty.',
    },
  ]
}

const LISTS = ['redirect_uris', 'post_logout_redirect_uris', 'pias_origins'] as const
const TEXTS = ['client_name', 'client_id', 'token_endpoint_auth_method', 'jwks_uri'] as const

/** What the fields come to; a problem where the JSON does not hold. */
const metadataOf = ({ text }: Visit): { value: { readonly [name: string]: Json } } | { problem: Problem } => {
  const more = readObject('more', text('more'))
  if ('problem' in more) return more
  const lists = LISTS.map(name => [name, linesOf(text(name))] as const).filter(([, lines]) => lines.length > 0)
  const texts = TEXTS.map(name => [name, text(name)] as const).filter(([, value]) => value !== '')
  return { value: { ...more.value, ...Object.fromEntries(lists), ...Object.fromEntries(texts) } }
}

const SENT = ['preset', ...LISTS, ...TEXTS, 'more'] as const

/** What will be registered, to look at once more: with what might be better. */
const checkedPage = async (visit: Visit, preset: Preset, whole: Json): Promise<Page | { problem: Problem }> => {
  const { act, form, text } = visit
  const outcome = await act('lintClient', { body: { metadata: whole } })
  if ('problem' in outcome) return outcome
  const { errors, warnings } = outcome.told
  if (errors.length > 0) {
    return { problem: { status: 400, code: 'client.invalid', title: 'the metadata is not valid', errors } }
  }
  return {
    title: `Register ${text('client_name')}?`,
    lead: 'Nothing is registered yet.',
    crumbs: [...CRUMBS, { text: PRESET_WORDS[preset].name, href: withQuery('/clients/new', { preset }) }],
    blocks: [
      { kind: 'code', title: 'What is registered', text: JSON.stringify(whole, undefined, 2) },
      {
        kind: 'table',
        title: 'What might be better',
        empty: 'Nothing: all of it is as recommended.',
        columns: [{ label: 'Field' }, { label: 'Why' }, { label: 'What to do' }],
        rows: warnings.map(({ field, reason, fix }) => [{ text: field, code: true }, reason, fix]),
      },
      ...form('createClient', {
        action: '/clients/new/create',
        submit: 'Register the app',
        cancel: '/clients',
        fields: [],
        hidden: Object.fromEntries(SENT.map(name => [name, text(name)])),
      }),
    ],
  }
}

/** Registers an app: which kind, what is needed, what comes of it. */
export const clientWizard: ConsolePage = {
  path: '/clients/new',
  show: async visit => {
    const preset = presetOf(visit.text('preset') || visit.text('preset', 'query'))
    if (preset === undefined) return choosePage
    return {
      title: PRESET_WORDS[preset].name,
      lead: PRESET_WORDS[preset].hint,
      crumbs: [...CRUMBS, { text: 'Kinds of apps', href: '/clients/new' }],
      blocks: visit.form('createClient', {
        action: '/clients/new',
        submit: 'Check it',
        hidden: { preset },
        cancel: '/clients',
        fields: fieldsOf(preset),
      }),
    }
  },
  acts: {
    '': async visit => {
      const preset = presetOf(visit.text('preset'))
      const metadata = metadataOf(visit)
      if ('problem' in metadata) return metadata
      if (preset === undefined) return { to: '/clients/new' }
      const checked = await checkedPage(visit, preset, withPreset(preset, metadata.value))
      return 'problem' in checked ? checked : { page: checked }
    },
    '/create': async visit => {
      const { act, text } = visit
      const metadata = metadataOf(visit)
      if ('problem' in metadata) return metadata
      const preset = presetOf(text('preset'))
      const body = { ...(preset !== undefined && { preset }), metadata: metadata.value }
      const outcome = await act('createClient', { body, key: text('once') })
      if ('problem' in outcome) return outcome
      const { client, secret } = outcome.told
      const path = clientPath(client.clientId)
      const links = [
        { text: 'Open the app', href: path, tone: 'primary' as const },
        { text: 'Decide on its rollout', href: `${path}/rollout` },
      ]
      return {
        page: {
          title: `${client.name} is registered`,
          crumbs: CRUMBS,
          blocks: [
            ...(secret === undefined ? [] : [secretNotice(secret)]),
            { kind: 'facts', rows: [{ label: 'Client id', cells: [{ text: client.clientId, code: true }] }] },
            { kind: 'links', links },
          ],
        },
      }
    },
  },
}
