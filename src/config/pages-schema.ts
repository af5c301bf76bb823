import { z } from 'zod'
import { LOCALES } from '#src/kernel/identity.ts'

const text = z.string().trim().min(1)
const image = z.string().regex(/^[\w-]+\.(svg|png|webp)$/, 'must be the name of an SVG, PNG or WebP file')

/** A link of the footer: it leaves PIAS, so it is https. */
const link = z.url({ protocol: /^https$/, error: 'must be an https URL' })

/** How the hosted pages name and dress the house and its upstream; images are files of `imagesDir`. */
export const pagesConfigSchema = z
  .strictObject({
    defaultLocale: z.enum(LOCALES).default('nl'),
    imagesDir: z.string().min(1).optional(),
    brand: z
      .strictObject({
        name: text.max(40).optional(),
        logo: image.optional(),
        helpUrl: link.optional(),
        privacyUrl: link.optional(),
        accessibilityUrl: link.optional(),
        itsmeLogo: image.optional(),
        itsmeLabels: z.record(z.enum(LOCALES), text.max(40)).optional(),
        contactHours: z.record(z.enum(LOCALES), text.max(80)).optional(),
      })
      .prefault({}),
    /** What a new customer accepts; a changed text is a new version. Nothing is shown or asked without. */
    terms: z.strictObject({ version: z.string().regex(/^[\w.-]{1,40}$/), url: link }).optional(),
  })
  .prefault({})
