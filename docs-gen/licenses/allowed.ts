/**
 * Licences that allow use, change and redistribution, on the sole condition that the licence itself is passed on.
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

/** For `OR`, one licence has to be allowed; for `AND`, all. An expression with both needs a person to read it. */
export function isAllowed(license: string): boolean {
  // Both cases are in use: https://spdx.github.io/spdx-spec/v3.0.1/annexes/spdx-license-expressions/#case-sensitivity
  const expression = license
    .replaceAll(/[()]/g, '')
    .replaceAll(/ (?:and|or) /g, (operator) => operator.toUpperCase());
  if (/ OR /.test(expression) && / AND /.test(expression)) return false;
  const known = (each: string) => allowedLicenses.includes(each.trim());
  return / OR /.test(expression)
    ? expression.split(' OR ').some(known)
    : expression.split(' AND ').every(known);
}
