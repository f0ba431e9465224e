/** Runs tasks one after the other, in the order in which they were asked for; a task that fails does not stop those behind it. */
export type InTurn = <Value>(task: () => Promise<Value>) => Promise<Value>;

export function oneAtATime(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const turn = last.then(task);
    // Its own caller gets the error; the next in line only waits for the end.
    last = turn.catch(() => {});
    return turn;
  };
}
