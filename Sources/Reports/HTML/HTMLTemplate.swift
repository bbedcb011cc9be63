import Mustache

/// The page with holes for values.
///
/// Every value is escaped; there is no way in this file to leave that out.
enum HTMLTemplate {
    static func render(_ view: [String: Any]) throws -> String {
        HTMLEscaping.register()
        return try MustacheTemplate(string: HTMLEscaping.pragma + page).render(view)
    }

    static let page = """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'{{#hasFilms}}; media-src 'self' file: data:{{/hasFilms}}">
        <meta name="referrer" content="no-referrer">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{{verdictWord}}: {{closingLine}} · Assay</title>
        <style>
        \(HTMLStyle.sheet)
        </style>
        </head>
        <body>
        <main>
        <header class="verdict {{verdictClass}}">
        <p class="run">Assay · {{directory}}</p>
        <h1>{{verdictWord}}</h1>
        <p class="lead">{{verdictText}}</p>
        {{#trusted}}
        <p class="trust">This may be trusted: the record is complete, and the traffic of every scenario that passed was captured without a gap.</p>
        {{/trusted}}
        <ul class="doubts">
        {{#doubts}}
        <li>{{.}}</li>
        {{/doubts}}
        </ul>
        <div class="bar" aria-hidden="true">{{#bar}}<i class="{{outcome}}" style="flex-grow:{{share}}"></i>{{/bar}}</div>
        <p class="meta"><b>{{closingLine}}</b>{{#startedAt}}<span>{{startedAt}}</span>{{/startedAt}}<span>took {{took}}</span></p>
        </header>
        {{#hasProblems}}
        <section class="index" aria-labelledby="index">
        <h2 id="index">What did not pass</h2>
        <ol>
        {{#problems}}
        <li class="{{outcome}}"><a href="#{{anchor}}"><b>{{title}}</b></a>
        <span class="word">{{outcome}}</span>{{#blamed}}<span class="blame">blame: {{blamed}}</span>{{/blamed}}
        {{#why}}<p>{{why}}</p>{{/why}}</li>
        {{/problems}}
        </ol>
        </section>
        {{/hasProblems}}
        {{#hasExcused}}
        <section class="index" aria-labelledby="excused">
        <h2 id="excused">Did not pass, and is quarantined</h2>
        <ol>
        {{#excused}}
        <li class="quarantined"><a href="#{{anchor}}"><b>{{title}}</b></a>
        <span class="word">{{outcome}}, quarantined</span>
        {{#known}}<p>{{known}}</p>{{/known}}</li>
        {{/excused}}
        </ol>
        </section>
        {{/hasExcused}}
        {{#parseErrors}}
        <section class="error"><p class="what">{{where}}</p><pre>{{what}}</pre></section>
        {{/parseErrors}}
        <section class="tested" aria-labelledby="tested">
        <h2 id="tested">What was tested</h2>
        <dl>
        {{#facts}}
        <div><dt>{{factName}}</dt><dd>{{factValue}}</dd></div>
        {{/facts}}
        </dl>
        {{#policies}}
        <details class="text"><summary>{{fileName}}</summary><pre tabindex="0">{{content}}</pre></details>
        {{/policies}}
        </section>
        {{#hasFilters}}
        <fieldset class="filter">
        <legend class="unseen">Show scenarios</legend>
        {{#filters}}
        <input type="radio" name="show" id="show-{{filter}}"{{#isFirst}} checked{{/isFirst}}><label for="show-{{filter}}">{{filterName}} <small>{{filterCount}}</small></label>
        {{/filters}}
        </fieldset>
        {{/hasFilters}}
        {{#features}}
        <section class="feature">
        <div class="heading"><h2>{{feature}}</h2><span>{{tally}}</span></div>
        <p class="uri">{{uri}}</p>
        {{#about}}<p class="about">{{about}}</p>{{/about}}
        {{#groups}}
        {{#rule}}<h3>Rule: {{rule}}</h3>{{/rule}}
        {{#scenarios}}
        \(scenario)
        {{/scenarios}}
        {{/groups}}
        </section>
        {{/features}}
        {{#workerTimes}}
        <section class="workers" aria-labelledby="workers">
        <div class="heading"><h2 id="workers">What the workers did</h2><span>{{runLength}}</span></div>
        {{#workers}}
        <div class="worker"><p><b>{{workerName}}</b> <span>{{workerText}}</span></p>
        <div class="lane">{{#pieces}}{{#target}}<a class="{{kind}}" href="#{{target}}" style="left:{{left}};width:{{width}}" title="{{tip}}" aria-label="{{tip}}"></a>{{/target}}{{^target}}<i class="{{kind}}" style="left:{{left}};width:{{width}}" title="{{tip}}"></i>{{/target}}{{/pieces}}</div></div>
        {{/workers}}
        {{#moreWorkers}}<p class="quiet">{{moreWorkers}}</p>{{/moreWorkers}}
        <ul class="legend">{{#legend}}<li><i class="{{kind}}"></i>{{kindName}}</li>{{/legend}}</ul>
        <ul class="awaited">{{#awaited}}<li>{{awaitedTime}} of waiting for “{{awaitedTitle}}”</li>{{/awaited}}</ul>
        </section>
        {{/workerTimes}}
        <footer>Made by Assay from the record of the run. This page {{#hasFilms}}runs nothing, and loads nothing but videos that lie beside it{{/hasFilms}}{{^hasFilms}}loads nothing and runs nothing{{/hasFilms}}.</footer>
        </main>
        </body>
        </html>

        """

    private static let scenario = """
        <details class="scenario {{outcome}} {{problemClass}} {{quarantineClass}}" id="{{anchor}}"{{#isOpen}} open{{/isOpen}}>
        <summary><span class="mark" aria-hidden="true">{{mark}}</span><span class="name">{{title}}</span><span class="chips"><span class="word">{{outcome}}</span>{{#quarantine}}<span class="traffic badge">quarantined</span>{{/quarantine}}{{#traffic}}<span class="traffic {{trafficState}}">traffic {{trafficWord}}</span>{{/traffic}}{{#took}}<span class="time">{{took}}</span>{{/took}}</span></summary>
        <div class="body">
        <p class="where"><code>{{location}}</code>{{#tags}}<span class="tag">{{.}}</span>{{/tags}}</p>
        {{#quarantine}}
        <div class="known">
        <p><b>Quarantined:</b> {{quarantineReason}} {{effect}}</p>
        <p class="meta"><span>owner: <b>{{owner}}</b></span><span>last day: <b>{{expires}}</b></span>{{#bug}}<span>bug: {{bug}}</span>{{/bug}}</p>
        </div>
        {{/quarantine}}
        {{#noAttempt}}<p class="quiet">{{noAttempt}}</p>{{/noAttempt}}
        {{#attempts}}
        {{#isEarlier}}<details class="earlier"><summary>Attempt {{attemptNumber}}: {{attemptWord}}, {{attemptTook}}</summary>{{/isEarlier}}
        {{#error}}
        <div class="error {{attemptOutcome}}">
        <p class="what">{{what}}</p>
        <ul>{{#contexts}}<li>{{.}}</li>{{/contexts}}</ul>
        {{#hint}}<p class="hint"><b>Hint</b> {{hint}}</p>{{/hint}}
        <p class="meta">{{#blamed}}<span>blame: <b>{{blamed}}</b></span>{{/blamed}}{{#failedAt}}<span>at: {{failedAt}}</span>{{/failedAt}}</p>
        </div>
        {{/error}}
        <ol class="steps">
        {{#steps}}
        <li class="{{status}} {{hookClass}}"><div class="step"><span class="mark" aria-hidden="true">{{stepMark}}</span><span class="unseen">{{status}}: </span><span class="name">{{#keyword}}<b>{{keyword}}</b> {{/keyword}}{{stepText}}</span>{{#stepTook}}<span class="time">{{stepTook}}</span>{{/stepTook}}</div>
        {{#hasTable}}<div class="wide"><table>{{#rows}}<tr>{{#cells}}<td>{{.}}</td>{{/cells}}</tr>{{/rows}}</table></div>{{/hasTable}}
        {{#docString}}<pre tabindex="0">{{docString}}</pre>{{/docString}}
        {{#message}}<pre class="message" tabindex="0">{{message}}</pre>{{/message}}
        \(evidence)
        </li>
        {{/steps}}
        </ol>
        {{#conditions}}
        <div class="condition {{conditionState}}">
        <p><b>{{conditionName}}</b><span class="traffic {{conditionState}}">{{conditionWord}}</span> {{conditionText}}</p>
        {{#hasDetails}}<dl>{{#details}}<div>{{#term}}<dt>{{term}}</dt>{{/term}}<dd>{{detail}}</dd></div>{{/details}}</dl>{{/hasDetails}}
        </div>
        {{/conditions}}
        \(evidence)
        {{#isEarlier}}</details>{{/isEarlier}}
        {{/attempts}}
        </div>
        </details>
        """

    private static let evidence = """
        {{#evidence}}
        {{#hasShots}}<div class="shots">{{#shots}}<details class="shot"><summary title="Enlarge or shrink"><img src="data:image/png;base64,{{base64}}" alt="{{alt}}" loading="lazy"></summary></details>{{/shots}}</div>{{/hasShots}}
        {{#film}}<video class="film" controls preload="metadata" src="{{href}}">{{#captions}}<track kind="captions" srclang="en" label="Steps" src="data:text/vtt;base64,{{captions}}" default>{{/captions}}</video>{{/film}}
        {{#hasLinks}}<p class="links">{{#links}}<a href="{{href}}">{{label}}</a>{{/links}}</p>{{/hasLinks}}
        {{#texts}}<details class="text"><summary>{{fileName}}</summary><pre tabindex="0">{{content}}</pre></details>{{/texts}}
        {{#lost}}<p class="quiet">{{.}}: in the record only</p>{{/lost}}
        {{/evidence}}
        """
}
