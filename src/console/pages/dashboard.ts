import type { ConsolePage } from '#src/console/console-page.ts'
import { count } from '#src/console/words.ts'

const MOST = '200'

/** A number of a page that may go on. */
const atLeast = (items: readonly unknown[], next: string | undefined): string =>
  `${count(items.length)}${next === undefined ? '' : ' or more'}`

/** What an admin looks at first. */
export const dashboardPage: ConsolePage = {
  path: '/',
  show: async ({ ask }) => {
    const [proposals, reviews, clients] = await Promise.all([
      ask('listProposedChanges', { query: { limit: MOST } }),
      ask('listReviews', { query: { limit: MOST } }),
      ask('listClients', { query: { limit: MOST } }),
    ])
    return {
      title: 'Dashboard',
      blocks: [
        {
          kind: 'figures',
          figures: [
            { label: 'Apps', value: atLeast(clients.clients, clients.next) },
            { label: 'Links to look at', value: atLeast(reviews.reviews, reviews.next) },
            { label: 'Acts that wait for approval', value: atLeast(proposals.changes, proposals.next) },
          ],
        },
      ],
    }
  },
}
