import type { ConsolePage } from '#src/console/console-page.ts'
import { accountPages } from './account.ts'
import { adminPages } from './admins.ts'
import { alarmPages } from './alarms.ts'
import { apisPage } from './apis.ts'
import { auditPage } from './audit.ts'
import { codePage } from './client-code.ts'
import { previewPage } from './client-preview.ts'
import { secretsPage } from './client-secrets.ts'
import { settingsPage } from './client-settings.ts'
import { settingsAsJsonPage } from './client-settings-json.ts'
import { trialPages } from './client-trial.ts'
import { clientWizard } from './client-wizard.ts'
import { clientPages } from './clients.ts'
import { dashboardPage } from './dashboard.ts'
import { changePage } from './link-change.ts'
import { linkPages } from './links.ts'
import { peoplePage } from './people.ts'
import { reviewPages } from './reviews.ts'
import { rolloutPage } from './rollout.ts'
import { rulesPage } from './rules.ts'

/** Every page for whoever has a role. An address with fixed words stands before one with a parameter in their place. */
export const ALL_PAGES: readonly ConsolePage[] = [
  dashboardPage,
  ...alarmPages,
  clientWizard,
  apisPage,
  ...clientPages,
  settingsPage,
  settingsAsJsonPage,
  secretsPage,
  rolloutPage,
  ...trialPages,
  previewPage,
  codePage,
  peoplePage,
  ...accountPages,
  ...linkPages,
  changePage,
  ...reviewPages,
  rulesPage,
  auditPage,
  ...adminPages,
]
