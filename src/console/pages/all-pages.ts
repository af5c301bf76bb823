import type { ConsolePage } from '#src/console/console-page.ts'
import { adminPages } from './admins.ts'
import { auditPage } from './audit.ts'
import { dashboardPage } from './dashboard.ts'

/** Every page for whoever has a role. */
export const ALL_PAGES: readonly ConsolePage[] = [dashboardPage, auditPage, ...adminPages]
