import type { Overview } from '#src/admin/operations/overview.ts'
import type { Block } from '#src/console/blocks.ts'
import { moment } from '#src/console/words.ts'

/** Says that the audit trail was changed, and what to do; nothing while it is whole. */
export const auditNotices = ({ at, problems, since = at }: Overview['audit']): readonly Block[] =>
  problems.length === 0
    ? []
    : [
        {
          kind: 'notice',
          tone: 'bad',
          title: 'The audit trail is not as it was written',
          text: [
            `${at === 0 ? 'Found' : `Found ${moment(since)}, looked at last ${moment(at)}`}: ${problems.join('; ')}.`,
            'Somebody wrote to the database past PIAS, or an older copy of it was put back. Tell whoever is responsible for security.',
            'Keep a copy of the database and the log lines audit_verified before anything is repaired. Then run pias audit verify, with --known and the last of these lines: it tells how far the trail can be trusted. Find out who could write to the database.',
          ],
          link: { text: 'Audit trail', href: '/audit' },
        },
      ]

/** Whether the audit trail is whole, as a number of the dashboard. */
export const auditFigure = ({ at, problems }: Overview['audit']) => ({
  label: 'Audit trail',
  value: problems.length > 0 ? 'Changed' : at === 0 ? '–' : 'Whole',
  hint: at > 0 ? `verified ${moment(at)}` : problems.length > 0 ? 'nobody knows since when' : 'not verified yet',
})
