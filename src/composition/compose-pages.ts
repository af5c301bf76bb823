import { join } from 'node:path'
import type { Context } from 'koa'
import type { FindImage } from '#src/clients/check-surroundings.ts'
import { openClientBrands, startableApps } from '#src/clients/client-brand.ts'
import type { ClientRegistry } from '#src/clients/client-registry.ts'
import type { Config } from '#src/config/schema.ts'
import { createPageResponder, type PageResponder } from '#src/http/page-responder.ts'
import type { PiasError } from '#src/kernel/errors.ts'
import { type Assets, createAssets } from '#src/pages/assets.ts'
import { loadBrand } from '#src/pages/brand.ts'
import { createImages } from '#src/pages/images.ts'
import { createNotifications, type Notifications } from '#src/pages/notifications/create-notifications.ts'
import { createPages, type Pages } from '#src/pages/render.ts'

const VIEWS = join(import.meta.dirname, '..', '..', 'views')

/** All that people see: pages, messages, and who answers a request with them. */
export type PageKit = {
  readonly assets: Assets
  readonly pages: Pages
  readonly notifications: Notifications
  readonly responder: PageResponder
  readonly showError: (ctx: Context, error: PiasError) => void
  readonly findImage: FindImage
}

/**
 * Joins the pages with the brand of the service and those of the apps.
 * @throws PiasError `config.invalid` when the brand does not hold
 */
export const composePages = (config: Config, clients: ClientRegistry): PageKit => {
  const assets = createAssets({ dir: join(VIEWS, 'assets') })
  const images = createImages({ dir: config.pages.imagesDir })
  const brand = loadBrand(config.pages.brand, images.find)
  const pages = createPages({ viewsDir: VIEWS, assets, brand })
  const responder = createPageResponder({
    pages,
    brandOf: openClientBrands({ clients, findImage: images.find }),
    startableApps: () => startableApps(clients),
    defaultLocale: config.pages.defaultLocale,
    https: config.issuer.startsWith('https:'),
  })
  return {
    assets,
    pages,
    findImage: images.find,
    notifications: createNotifications({ viewsDir: VIEWS, host: new URL(config.issuer).hostname, brand }),
    responder,
    showError: (ctx, error) => responder.showError(ctx, error, ctx.state.clientId),
  }
}
