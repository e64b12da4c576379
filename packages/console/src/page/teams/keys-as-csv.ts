/** New keys as a CSV file: what RFC 4180 quotes is quoted. */
export function keysAsCsv(
  keys: readonly { readonly team: string; readonly name: string; readonly value: string }[],
): string {
  const rows = [['team', 'key', 'value'], ...keys.map(({ team, name, value }) => [team, name, value])];
  return rows.map((row) => row.map(quoted).join(',')).join('\r\n');
}

function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
