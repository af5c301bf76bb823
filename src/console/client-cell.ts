import { shownApp } from '#src/admin/shown-app.ts'
import type { Cell } from './blocks.ts'

/** The address of a client's page, or of one under it. */
export const clientPath = (clientId: string): string => `/clients/${encodeURIComponent(clientId)}`

/** A client in a table, with the way to its page where it has one. @param end of the address of a page under it */
export const clientCell = (clientId: string, end = ''): Cell => {
  const app = shownApp(clientId)
  return { text: clientId, code: true, ...(app !== undefined && { href: `${clientPath(app)}${end}` }) }
}
