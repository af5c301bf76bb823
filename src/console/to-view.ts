import type { Block, CellLike, Facts, Page, Table } from './blocks.ts'
import type { Field, Form } from './form.ts'

const cellOf = (cell: CellLike) => (typeof cell === 'string' ? { text: cell } : cell)

const LONG_TEXT_ROWS = 16

/** The id of a block by its place on the page. */
const blockId = (index: number): string => `part-${index}`

/** The id of a block by its place in another. */
const innerId = (id: string, index: number): string => `${id}-${index}`

/** The id of a field by the place of its form; names may be repeated on a page, in other forms. */
export const fieldId = (index: number, name: string): string => `${blockId(index)}-${name}`

/** A field with all its parts and ids. */
const fieldOf = ({ kind = 'text', value = '', values = [value], options = [], ...field }: Field, index: number) => {
  const id = fieldId(index, field.name)
  const described = [field.hint && `${id}-hint`, field.error && `${id}-error`].filter(Boolean)
  return {
    hint: undefined,
    error: undefined,
    ...field,
    kind,
    value,
    id,
    rows: value.includes('\n') ? LONG_TEXT_ROWS : 3,
    describedby: described.length > 0 ? described.join(' ') : undefined,
    options: options.map(option => ({
      hint: undefined,
      ...option,
      id: `${id}-${option.value}`,
      checked: values.includes(option.value),
    })),
  }
}

type FieldView = ReturnType<typeof fieldOf>

/** Fields that say the same group after each other as one. */
const groupsOf = (fields: readonly Field[], index: number) => {
  const groups: { title: string | undefined; fields: FieldView[] }[] = []
  for (const field of fields) {
    const last = groups.at(-1)
    if (last === undefined || last.title !== field.group) groups.push({ title: field.group, fields: [] })
    groups.at(-1)?.fields.push(fieldOf(field, index))
  }
  return groups
}

const formOf = (form: Form, index: number) => ({
  title: undefined,
  intro: undefined,
  tone: undefined,
  cancel: undefined,
  file: false,
  ...form,
  id: blockId(index),
  hidden: Object.entries(form.hidden).flatMap(([name, value]) => [value].flat().map(one => ({ name, value: one }))),
  groups: groupsOf(form.fields, index),
})

const CHART_MIDDLE = 2

const factsOf = (facts: Facts, heading: string) => ({
  title: undefined,
  heading,
  ...facts,
  rows: facts.rows.map(({ label, cells }) => ({ label, cells: cells.map(cellOf) })),
})

const tableOf = (table: Table, id: string, heading: string) => ({
  intro: undefined,
  more: undefined,
  heading,
  ...table,
  id,
  rows: table.rows.map(row => row.map((cell, column) => ({ ...cellOf(cell), number: table.columns[column]?.number }))),
})

/** A block with every part its template looks at. */
const blockOf = (block: Block, index: number): object => {
  const id = blockId(index)
  switch (block.kind) {
    case 'text':
      return { title: undefined, ...block }
    case 'notice':
      return {
        link: undefined,
        secret: undefined,
        focus: block.tone === 'bad',
        ...block,
        text: (block.text ?? []).map(line => (typeof line === 'string' ? { text: line, href: undefined } : line)),
      }
    case 'facts':
      return factsOf(block, 'h2')
    case 'table':
      return tableOf(block, id, 'h2')
    case 'fold':
      return {
        hint: undefined,
        ...block,
        blocks: block.blocks.map((inner, place) =>
          inner.kind === 'facts' ? factsOf(inner, 'h3') : tableOf(inner, innerId(block.id, place), 'h3'),
        ),
      }
    case 'chart':
      return {
        ...block,
        id,
        columns: block.columns.map(column => ({ ...column, middle: column.x + column.width / CHART_MIDDLE })),
      }
    case 'figures':
      return { ...block, figures: block.figures.map(figure => ({ hint: undefined, ...figure })) }
    case 'links':
      return { title: undefined, ...block }
    case 'code':
      return { hint: undefined, ...block, id }
    case 'form':
      return formOf(block, index)
  }
}

/** A page as its templates look at it: nothing is missing, ids are given. */
export const toView = ({ title, lead, crumbs = [], tabs = [], blocks }: Page) => ({
  title,
  lead,
  crumbs,
  tabs,
  blocks: blocks.map(blockOf),
  invalid: blocks.some(block => block.kind === 'notice' && block.tone === 'bad'),
})
