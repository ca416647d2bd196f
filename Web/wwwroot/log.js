// Keeps a log at its newest line until somebody scrolls up, and again once they are back at the end.
export function follow(box, jump) {
  const near = 24;
  let atEnd = true;

  const show = () => {
    jump.hidden = atEnd;
  };
  const toEnd = () => {
    atEnd = true;
    box.scrollTop = box.scrollHeight;
    show();
  };
  const onScroll = () => {
    atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < near;
    show();
  };

  const onChange = () => {
    if (atEnd) {
      box.scrollTop = box.scrollHeight;
    }
  };
  const lines = new MutationObserver(onChange);
  const size = new ResizeObserver(onChange);
  lines.observe(box, { childList: true, subtree: true });
  size.observe(box);
  box.addEventListener('scroll', onScroll, { passive: true });
  jump.addEventListener('click', toEnd);
  toEnd();

  return {
    dispose() {
      lines.disconnect();
      size.disconnect();
      box.removeEventListener('scroll', onScroll);
      jump.removeEventListener('click', toEnd);
    },
  };
}
