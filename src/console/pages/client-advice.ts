import type { ClientDetail } from '#src/admin/operations/clients.ts'
import { inWords } from '#src/console/app-settings/form-fields.ts'
import type { Setting } from '#src/console/app-settings/setting.ts'
import type { Block } from '#src/console/blocks.ts'

/**
 * What might be better about an app; nothing where all of it is as recommended.
 * @param settings where a form is on the page: fields are called as it calls them
 */
export const adviceBlocks = ({ warnings }: ClientDetail, settings: readonly Setting[] = []): readonly Block[] =>
  warnings.length === 0
    ? []
    : [
        {
          kind: 'table',
          title: 'What might be better',
          empty: '',
          columns: [{ label: 'Field' }, { label: 'Why' }, { label: 'What to do' }],
          rows: warnings.map(({ field, reason, fix }) => [
            settings.find(({ name }) => name === field)?.label ?? { text: field, code: true },
            inWords(reason, settings),
            inWords(fix, settings),
          ]),
        },
      ]
