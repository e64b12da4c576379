import { createHash } from 'node:crypto';
import type { MemberName } from './keys.ts';

/**
 * A mark is four characters that stand for a member of a team. A team's item has the marks of all members whose limits were
 * changed, so that a call of any other member reads no more than that item. Two members may have the same mark, once in
 * 16 million pairs: the calls of both then look for changes, and one finds none.
 */
const markLength = 4;

function markOf({ kind, id }: MemberName): string {
  return createHash('sha256').update(`${kind}#${id}`).digest('base64url').slice(0, markLength);
}

/** Whether something may have been changed of a member. It is certain that nothing was if not. */
export function mayBeMarked(marks: string, member: MemberName): boolean {
  // Also across the boundary of two marks: that only means to look once in vain.
  return marks.includes(markOf(member));
}

export function withMark(marks: string, member: MemberName): string {
  return `${marks}${markOf(member)}`;
}

/** Leaves the mark of another member that has the same. */
export function withoutMark(marks: string, member: MemberName): string {
  const all: string[] = marks.match(new RegExp(`.{${markLength}}`, 'g')) ?? [];
  const place = all.indexOf(markOf(member));
  return place === -1 ? marks : all.toSpliced(place, 1).join('');
}
