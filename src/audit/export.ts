import type { AuditPort, AuditSearch, FoundAuditEvent } from '#src/store/ports/audit.ts'

const PAGE = 500

/** What is exported: every condition that is given holds. */
export type AuditFilter = Omit<AuditSearch, 'limit' | 'before'>

/** All events of a search, or those before one of them, newest first, read page by page. */
export async function* searchAll(
  audit: Pick<AuditPort, 'search'>,
  { before: end, ...filter }: AuditFilter & Pick<AuditSearch, 'before'>,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<FoundAuditEvent> {
  let left = limit
  let before = end
  while (left > 0) {
    const asked = Math.min(PAGE, left)
    const page = await audit.search({ ...filter, limit: asked, ...(before !== undefined && { before }) })
    yield* page
    if (page.length < asked) return
    before = page.at(-1)
    left -= page.length
  }
}

/** One event a line, as JSON. */
export const toJsonLine = (event: FoundAuditEvent): string => `${JSON.stringify(event)}\n`

/**
 * A cell that no spreadsheet takes for a formula (OWASP: CSV injection), in quotes (RFC 4180, 2).
 */
const toCell = (value: string | number): string => {
  const text = String(value)
  return `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`
}

const CSV_COLUMNS = ['sequence', 'time', 'type', 'account', 'client', 'data']

/** The first line of a CSV file (RFC 4180). */
export const CSV_HEADER = `${CSV_COLUMNS.join(',')}\r\n`

/** One event as a line of CSV; its data stay JSON. */
export const toCsvLine = ({ sequence, at, type, accountId, clientId, data }: FoundAuditEvent): string =>
  `${[sequence, new Date(at).toISOString(), type, accountId ?? '', clientId ?? '', JSON.stringify(data)].map(toCell).join(',')}\r\n`
