// The widget in React 19: attributes are props, events are props that begin with `on`, methods are called by a ref.
import { StrictMode, useRef, useState } from "react";
import { createRoot } from "react-dom/client";

function Check({ publishableKey }) {
  const widget = useRef(null);
  const [rubric, setRubric] = useState("alignment-quick");
  const [answered, setAnswered] = useState(0);
  const [result, setResult] = useState(null);
  return (
    <>
      <h1>Do your sales and marketing teams pull in the same direction?</h1>
      <p>
        <label htmlFor="rubric">How thorough? </label>
        <select id="rubric" value={rubric} onChange={(event) => setRubric(event.target.value)}>
          <option value="alignment-quick">A short check</option>
          <option value="alignment">The complete one</option>
        </select>{" "}
        <button type="button" onClick={() => widget.current.restart()}>
          Start over
        </button>
      </p>
      <div className="panel">
        <alignment-assessment
          key={rubric}
          ref={widget}
          publishable-key={publishableKey}
          rubric={rubric}
          onassessment-started={() => setResult(null)}
          onassessment-answered={() => setAnswered((count) => count + 1)}
          onassessment-completed={(event) => setResult(event.detail.result)}
        />
      </div>
      <p role="status">
        {result?.rating
          ? `The page has heard of a rating: level ${result.rating.level}, ${result.score} points.`
          : `The page has heard of ${answered} answers.`}
      </p>
    </>
  );
}

const root = document.getElementById("root");
createRoot(root).render(
  <StrictMode>
    <Check publishableKey={root.dataset.publishableKey} />
  </StrictMode>,
);
