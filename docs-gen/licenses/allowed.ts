/**
 * Licences that let anybody use, change and hand on what is under them, asking for no more than to be handed on too.
 *
 * @see https://spdx.org/licenses/
 */
export const allowedLicenses: readonly string[] = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'Python-2.0',
  'Unlicense',
];

/** Of `OR` one has to be allowed, of `AND` all; an expression of both is read by a person. */
export function isAllowed(license: string): boolean {
  const expression = license.replaceAll(/[()]/g, '');
  if (/ OR /.test(expression) && / AND /.test(expression)) return false;
  const known = (each: string) => allowedLicenses.includes(each.trim());
  return / OR /.test(expression)
    ? expression.split(' OR ').some(known)
    : expression.split(' AND ').every(known);
}
