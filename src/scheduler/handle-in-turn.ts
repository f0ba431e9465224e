/**
 * A function that handles one event after the other: an event sent while another is being handled waits for its end. So
 * what one event leads to happens in full before anything that it sets off.
 */
export function handleInTurn<Event>(handle: (event: Event) => void): (event: Event) => void {
  const waiting: Event[] = [];
  let handling = false;
  return (event) => {
    waiting.push(event);
    if (handling) return;
    handling = true;
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) handle(next);
    } finally {
      handling = false;
    }
  };
}
