import type { Block } from '#src/console/blocks.ts'
import type { ConsolePage } from '#src/console/console-page.ts'
import { clientHead, RESTORE_FIRST } from './client-tabs.ts'

/** Code to begin with for an app, filled in. */
export const codePage: ConsolePage = {
  path: '/clients/:clientId/code',
  show: async ({ ask, params }) => {
    const client = await ask('showClient', { params })
    const head = clientHead(client, '/code')
    if (client.state !== 'active') return { ...head, blocks: RESTORE_FIRST }
    const { quickstarts } = await ask('listQuickstarts', { params })
    const nothing: Block = {
      kind: 'notice',
      tone: 'plain',
      title: 'There is no code for it',
      text: ['It has no login in a browser.'],
    }
    return {
      ...head,
      lead: 'A first login in a few lines, with the addresses and scopes of this app. Secrets stay in its environment.',
      blocks:
        quickstarts.length === 0
          ? [nothing]
          : quickstarts.map(({ title, tested, code: text }) => ({
              kind: 'code',
              title,
              text,
              hint: tested
                ? 'A test of PIAS runs this very text.'
                : 'No test of PIAS runs it: read it before you use it.',
            })),
    }
  },
}
