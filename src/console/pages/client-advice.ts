import type { ClientDetail } from '#src/admin/operations/clients.ts'
import type { Block } from '#src/console/blocks.ts'

/**
 * What might be better about an app; nothing where all of it is as recommended.
 * @param labels of fields, where a page calls them otherwise
 */
export const adviceBlocks = (
  { warnings }: ClientDetail,
  labels: ReadonlyMap<string, string> = new Map(),
): readonly Block[] =>
  warnings.length === 0
    ? []
    : [
        {
          kind: 'table',
          title: 'What might be better',
          empty: '',
          columns: [{ label: 'Field' }, { label: 'Why' }, { label: 'What to do' }],
          rows: warnings.map(({ field, reason, fix }) => [
            labels.get(field) ?? { text: field, code: true },
            reason,
            fix,
          ]),
        },
      ]
