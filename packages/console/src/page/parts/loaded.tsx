import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Failure } from '../api.ts';

interface LoadedProps<Data> {
  readonly query: UseQueryResult<Data>;
  /** Height of what comes, so that nothing jumps: in lines. */
  readonly lines?: number;
  readonly children: (data: Data) => ReactNode;
}

/** What was read; until then its outline; or why it could not be read, and what to do. */
export function Loaded<Data>({ query, lines = 3, children }: LoadedProps<Data>) {
  if (query.data !== undefined) {
    return (
      <>
        {query.isError && <Failed failure={query.error} again={query.refetch} />}
        {children(query.data)}
      </>
    );
  }
  if (query.isError) return <Failed failure={query.error} again={query.refetch} />;
  return <Outline lines={lines} />;
}

/** The outline of what is being read. */
export function Outline({ lines }: { readonly lines: number }) {
  return (
    <div className="outline-lines" aria-busy="true">
      <span className="for-readers">Loading</span>
      {Array.from({ length: lines }, (_, line) => `line-${line}`).map((line) => (
        <div key={line} className="outline-line" />
      ))}
    </div>
  );
}

/** What went wrong, in words, and what to do. */
export function Failed({ failure, again }: { readonly failure: Error; readonly again?: () => unknown }) {
  const advice = failure instanceof Failure ? failure.advice : 'Load the page again.';
  return (
    <div role="alert" className="failed">
      <p>
        <strong>{failure.message}</strong>
      </p>
      {advice !== '' && <p>{advice}</p>}
      {again && (
        <button type="button" className="outline small" onClick={() => void again()}>
          Try again
        </button>
      )}
    </div>
  );
}

/** Where there is nothing yet: what would be here, and how it gets here. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="empty">
      <p>
        <strong>{title}</strong>
      </p>
      {children}
    </div>
  );
}
