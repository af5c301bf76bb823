import type { ClientDetail } from '#src/admin/operations/clients.ts'
import { askFirst } from '#src/console/ask-first.ts'
import type { Block } from '#src/console/blocks.ts'
import { clientPath } from '#src/console/client-cell.ts'
import { type ConsolePage, thenTo } from '#src/console/console-page.ts'
import { withErrorAs } from '#src/console/fields.ts'
import type { Visit } from '#src/console/visit.ts'
import { day, moment } from '#src/console/words.ts'
import { clientHead } from './client-tabs.ts'

type Secret = ClientDetail['secrets'][number]

const DAY_MS = 24 * 3600 * 1000
/** How long before its end a secret is warned of. */
const SOON_MS = 30 * DAY_MS

const endCell = ({ expiresAt }: Secret, now: number) => {
  if (expiresAt === undefined) return 'never'
  if (expiresAt < now) return { text: `expired ${day(expiresAt)}`, tag: 'bad' as const }
  return expiresAt < now + SOON_MS ? { text: day(expiresAt), tag: 'warning' as const } : day(expiresAt)
}

const secretsTable = (secrets: readonly Secret[], now: number): Block & { kind: 'table' } => ({
  kind: 'table',
  title: 'Secrets',
  empty: 'It has none: it authenticates with a key, or is a public app.',
  columns: [{ label: 'Id' }, { label: 'Made' }, { label: 'Last used' }, { label: 'Valid until' }],
  rows: secrets.map(secret => [
    { text: secret.id, code: true },
    secret.createdAt === undefined ? 'by the file' : moment(secret.createdAt),
    secret.lastUsedAt === undefined ? 'never' : moment(secret.lastUsedAt),
    endCell(secret, now),
  ]),
})

/** A secret that is told once. */
export const secretNotice = (secret: string): Block => ({
  kind: 'notice',
  tone: 'good',
  title: 'This is the secret. It is shown once',
  secret,
  text: ['Put it where the app reads its secrets. PIAS keeps a digest of it and cannot show it again.'],
})

const askRemove = async ({ ask, params, text, now }: Visit) => {
  const { clientId, secrets } = await ask('showClient', { params })
  const path = `${clientPath(clientId)}/secrets`
  const secretId = text('secretId')
  return {
    operation: 'removeSecret',
    title: 'Remove a secret',
    submit: 'Remove it',
    action: `${path}/remove`,
    cancel: path,
    hidden: { secretId },
    intro: `The app "${clientId}" can no longer authenticate with it, from the next request on. This cannot be undone.`,
    blocks: [
      secretsTable(
        secrets.filter(({ id }) => id === secretId),
        now,
      ),
    ],
  }
}

/** The secrets of an app: two at most, none of which is shown again. */
export const secretsPage: ConsolePage = {
  path: '/clients/:clientId/secrets',
  show: async ({ ask, form, params, now }) => {
    const client = await ask('showClient', { params })
    const path = `${clientPath(client.clientId)}/secrets`
    const { secrets } = client
    return {
      ...clientHead(client, '/secrets'),
      blocks: [
        {
          ...secretsTable(secrets, now),
          intro: 'Two can be valid at once: make the second, give it to the app, remove the first.',
        },
        ...form('addSecret', {
          title: 'Make another secret',
          action: path,
          submit: 'Make a secret',
          fields: [
            {
              name: 'days',
              label: 'Valid for how many days',
              kind: 'number',
              hint: 'Empty: until it is removed.',
            },
          ],
        }),
        ...(secrets.length === 0
          ? []
          : form('removeSecret', {
              title: 'Remove a secret',
              action: `${path}/remove`,
              submit: 'Remove it',
              tone: 'danger',
              intro: 'It stops working with the next request.',
              fields: [
                {
                  name: 'secretId',
                  label: 'Which',
                  kind: 'select',
                  options: secrets.map(({ id }) => ({ value: id, label: id })),
                },
              ],
            })),
      ],
    }
  },
  acts: {
    '': async ({ act, ask, params, text, now }) => {
      const days = Number(text('days'))
      const body = text('days') === '' ? {} : { expiresAt: Math.round(now + days * DAY_MS) }
      const outcome = await act('addSecret', { params, body, key: text('once') })
      // The form asks for days, which the API does not know of.
      if ('problem' in outcome)
        return { problem: withErrorAs(outcome.problem, 'body.expiresAt', { field: 'body.days' }) }
      const client = await ask('showClient', { params })
      const back = { text: 'Back to the secrets', href: `${clientPath(client.clientId)}/secrets` }
      const blocks = [secretNotice(outcome.told.secret), { kind: 'links', links: [back] } as const]
      return { page: { ...clientHead(client, '/secrets'), blocks } }
    },
    '/remove': askFirst(askRemove, async ({ act, params, text }) =>
      thenTo(
        await act('removeSecret', { params: { ...params, secretId: text('secretId') } }),
        `${clientPath(params.clientId ?? '')}/secrets?done=secret-removed`,
      ),
    ),
  },
}
