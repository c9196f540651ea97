// Scrolls the nearest scrolling box, and only that one: a reader beside the answer must not move the answer.

export function bringIntoView(element: HTMLElement): void {
  const box = scrollerOf(element);
  const boxTop = box === document.scrollingElement ? 0 : box.getBoundingClientRect().top;
  const offset = element.getBoundingClientRect().top - boxTop;
  box.scrollTop += offset - box.clientHeight * 0.35;
}

function scrollerOf(element: HTMLElement): Element {
  for (let box = element.parentElement; box && box !== document.body; box = box.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(box).overflowY)) return box;
  }
  return document.scrollingElement ?? document.documentElement;
}
