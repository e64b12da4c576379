import type { JsonObject } from '../../json.ts';
import {
  type Combine,
  contradicted,
  innerPart,
  innerParts,
  type Keywords,
  lastPlaceOf,
  NoValue,
  type Shape,
} from './parts.ts';
import type { Bounds } from './scalars.ts';

/** The rules for arrays. If a place allows no value, arrays end before it. */
export function arrayShape(
  found: readonly Keywords[],
  { minItems = 0, maxItems = Number.POSITIVE_INFINITY }: Bounds,
  closed: boolean,
  combine: Combine,
): Shape {
  const lists = found.map((part) => ({
    first: [...innerParts(part, 'prefixItems').values()],
    others: innerPart(part, 'items'),
  }));
  const longest = Math.max(...lists.map((list) => list.first.length));
  const others = lists.flatMap((list) => list.others);
  const first: JsonObject[] = [];
  const next = () =>
    combine(
      lists.flatMap((list) => list.first[first.length] ?? list.others),
      closed,
    );
  let items = longest > 0 || others.length > 0 ? next() : {};
  while (first.length < longest && !(items instanceof NoValue)) {
    first.push(items);
    items = next();
  }
  const end = items instanceof NoValue ? items : undefined;
  const most = end ? Math.min(maxItems, first.length) : maxItems;
  const keywords: JsonObject = {
    ...(first.length > 0 && { prefixItems: first }),
    ...(others.length > 0 && !(items instanceof NoValue) && { items }),
    ...(end && { maxItems: most }),
    ...(found.some(({ schema }) => schema['uniqueItems'] === true) && { uniqueItems: true }),
  };
  const counted = lastPlaceOf(found, 'minItems', 'maxItems', 'contains', 'minContains', 'maxContains');
  const least = Math.max(minItems, ...found.map(leastContained));
  const tooFew = least > most ? (end ?? new NoValue(counted, contradicted)) : undefined;
  return { keywords, fault: tooFew ?? uncontained(found, combine) };
}

/** How many items a `contains` needs. */
function leastContained({ schema }: Keywords): number {
  return 'contains' in schema ? Number(schema['minContains'] ?? 1) : 0;
}

function uncontained(found: readonly Keywords[], combine: Combine): NoValue | undefined {
  const everywhere = found.some(({ schema }) => 'prefixItems' in schema)
    ? []
    : found.flatMap((part) => innerPart(part, 'items'));
  for (const part of found) {
    const least = leastContained(part);
    const { maxContains = least } = part.schema;
    if (least > Number(maxContains)) return new NoValue([...part.path, 'maxContains'], contradicted);
    const contained = least > 0 ? combine([...innerPart(part, 'contains'), ...everywhere], false) : {};
    if (contained instanceof NoValue) return contained;
  }
  return undefined;
}
