import type { AuditRecord } from '@org/admin';
import { useState } from 'react';
import { Empty } from '../parts/loaded.tsx';
import { moment } from '../words.ts';
import { changeInWords } from './change-in-words.ts';

/** So many are shown at first. */
const mostShown = 10;

interface ChangesProps {
  /** Oldest first. */
  readonly changes: readonly AuditRecord[];
  readonly timeZone: string;
}

/** What operators changed: who, when, what. */
export function Changes({ changes, timeZone }: ChangesProps) {
  const [all, setAll] = useState(false);
  const latest = changes.toReversed();
  const shown = all ? latest : latest.slice(0, mostShown);
  return (
    <section className="card" aria-labelledby="changes">
      <h2 id="changes">Recorded changes</h2>
      {changes.length === 0 ? (
        <Empty title="Nothing was changed at run time">
          <p>
            Each change of this team and its keys is kept here: who made it, when, and what it was before.
          </p>
        </Empty>
      ) : (
        <ol className="changes">
          {shown.map((change) => (
            <li key={`${change.at} ${change.action} ${change.key ?? ''} ${JSON.stringify(change.to ?? '')}`}>
              <p>{changeInWords(change, timeZone)}</p>
              <p className="quiet">
                {moment(change.at, timeZone)} by <span className="by">{change.by}</span>
              </p>
            </li>
          ))}
        </ol>
      )}
      {shown.length < changes.length && (
        <button type="button" className="outline small" onClick={() => setAll(true)}>
          Show all {changes.length}
        </button>
      )}
    </section>
  );
}
