import { QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { ApiProvider, apiFor, Failure, read } from './api.ts';
import { Frame } from './frame.tsx';
import { Failed, Outline } from './parts/loaded.tsx';
import { Sayings } from './parts/say.tsx';
import { queryClient } from './queries.ts';
import { openSession } from './session.ts';

type State =
  | { readonly is: 'opening' }
  | { readonly is: 'open'; readonly token: string }
  | { readonly is: 'over' }
  | { readonly is: 'failed'; readonly failure: Error };

async function exchange(token: string): Promise<string | undefined> {
  try {
    return (await read(apiFor('').session.$post({ json: { token } }))).token ?? undefined;
  } catch (error) {
    if (error instanceof Failure && error.isOver) return undefined;
    throw error;
  }
}

/** The page, from the link to the view that the address names. */
export function App() {
  const [state, setState] = useState<State>({ is: 'opening' });
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    openSession(exchange).then(
      (token) => setState(token === undefined ? { is: 'over' } : { is: 'open', token }),
      (failure: Error) => setState({ is: 'failed', failure }),
    );
  }, []);
  if (state.is === 'opening') return <Outline lines={6} />;
  if (state.is === 'failed')
    return (
      <Notice title="The console does not open">
        <Failed failure={state.failure} />
      </Notice>
    );
  if (state.is === 'over') return <Over />;
  return <Session token={state.token} onOver={() => setState({ is: 'over' })} />;
}

function Session({ token, onOver }: { readonly token: string; readonly onOver: () => void }) {
  const api = useMemo(() => apiFor(token), [token]);
  const [queries] = useState(() => queryClient(onOver));
  return (
    <ApiProvider value={api}>
      <QueryClientProvider client={queries}>
        <Sayings>
          <Frame />
        </Sayings>
      </QueryClientProvider>
    </ApiProvider>
  );
}

/** A link opens one session, which ends with the program that printed it. */
function Over() {
  return (
    <Notice title="This link is used up">
      <p>
        A link opens the console once, in one tab, for as long as the program runs that printed it. Run{' '}
        <code>proxy console</code> again, and open the new link.
      </p>
    </Notice>
  );
}

function Notice({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <main className="notice">
      <article className="card">
        <h1>{title}</h1>
        {children}
      </article>
    </main>
  );
}
