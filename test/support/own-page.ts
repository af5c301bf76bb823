import type { Answer } from './http-browser.ts'

/** Marks of our layout: the skip link and the footer's reference. The library's own pages have neither. */
const MARKS = ['<a class="skip" href="#main">', '<main id="main"', '<p class="reference">']

/** Whether an answer is a page of PIAS's own layout, with the headers that every page has. */
export const isOwnPage = (answer: Pick<Answer, 'body' | 'headers'> | undefined): boolean =>
  answer !== undefined &&
  MARKS.every(mark => answer.body.includes(mark)) &&
  !/<script(?![^>]* src=")|<style|style=/.test(answer.body) &&
  String(answer.headers['content-type']).startsWith('text/html') &&
  String(answer.headers['content-security-policy']).startsWith("default-src 'none'")
