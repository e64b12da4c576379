import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Dialog } from './dialog.tsx';
import { Failed } from './loaded.tsx';
import { useSay } from './say.tsx';

interface ActionDialogProps<Result> {
  readonly title: string;
  /** What it will do, before it does. */
  readonly lead: ReactNode;
  /** The word on its button. */
  readonly confirm: string;
  readonly danger?: boolean;
  /** Why it cannot be done yet. */
  readonly blocked?: boolean;
  readonly run: () => Promise<Result>;
  /** What it did, in words. */
  readonly done: (result: Result) => string;
  /** Instead of closing. */
  readonly onDone?: (result: Result) => void;
  /** Whether that leads to another view. */
  readonly leadsAway?: boolean;
  readonly onClose: () => void;
  /** Its fields. */
  readonly children?: ReactNode;
}

/** Asks before it changes something, changes it, and says what it did. Whatever the page shows is then read again. */
export function ActionDialog<Result>(props: ActionDialogProps<Result>) {
  const { title, lead, confirm, danger = false, blocked = false, run, done, children } = props;
  const { onDone, leadsAway = false, onClose } = props;
  const say = useSay();
  const queries = useQueryClient();
  const action = useMutation({
    mutationFn: run,
    onSuccess: (result) => {
      say(done(result));
      if (onDone) onDone(result);
      else onClose();
    },
    // Also after a failure, because a part may have been done.
    onSettled: (_, failure) => {
      const readAgain = () => void queries.invalidateQueries();
      // Not for the view that is left: what it shows may be gone.
      if (leadsAway && !failure) addEventListener('hashchange', readAgain, { once: true });
      else readAgain();
    },
  });
  return (
    <Dialog title={title} lead={lead} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!action.isPending && !blocked) action.mutate();
        }}
      >
        {(children || action.isError) && (
          <div>
            {children}
            {action.isError && <Failed failure={action.error} />}
          </div>
        )}
        <footer>
          <button type="button" className="outline" onClick={onClose}>
            Cancel
          </button>
          <button
            type="submit"
            data-variant={danger ? 'danger' : undefined}
            disabled={blocked}
            aria-busy={action.isPending}
          >
            {action.isPending ? 'Working …' : confirm}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
