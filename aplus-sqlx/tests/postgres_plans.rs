//! No statement reads through a table that grows: the server itself says how it carried out each of them, with and without
//! statistics, with plans for the values and plans for any.

#![cfg(feature = "postgres")]
#![allow(clippy::unwrap_used, clippy::panic)]

mod postgres_common;

use postgres_common::people::People;
use postgres_common::rounds;
use postgres_common::watched::Watch;
use serde_json::Value;

#[tokio::test]
async fn look() {
    let mut watch = Watch::new().await;
    let t = std::time::Instant::now();
    watch.run(include_str!("postgres_common/fill.sql")).await;
    eprintln!("fill {:?}", t.elapsed());
    for analyzed in [false, true] {
        if analyzed { watch.run("analyze").await; }
        for mode in ["force_generic_plan", "force_custom_plan"] {
            let store = watch.store(mode).await;
            let people = People::new(&store).await;
            let t = std::time::Instant::now();
            rounds::ports(&people, &mut watch).await;
            rounds::use_cases(&people, &mut watch).await;
            eprintln!("{analyzed} {mode} {:?}", t.elapsed());
            for call in std::mem::take(&mut watch.calls) {
                eprintln!("  {} {} {}", call.name, call.statements.len(), call.plans.len());
                for (text, plan) in &call.plans { walk(&call.name, text, plan); }
            }
        }
    }
}
fn walk(name: &str, text: &str, plan: &Value) {
    let n = |k: &str| plan[k].as_f64().unwrap_or(0.0);
    let rel = plan["Relation Name"].as_str().unwrap_or("");
    let kind = plan["Node Type"].as_str().unwrap();
    let rows = (n("Actual Rows") + n("Rows Removed by Filter") + n("Rows Removed by Index Recheck")) * n("Actual Loops");
    let blocks = n("Shared Hit Blocks") + n("Shared Read Blocks");
    if (kind == "Seq Scan" && n("Actual Loops") > 0.0 && rel != "operator") || rows > 1000.0 {
        eprintln!("!! {name}: {kind} {rel} rows {rows} blocks {blocks} est {} loops {} :: {}", n("Plan Rows"), n("Actual Loops"), &text.chars().take(70).collect::<String>().replace('\n', " "));
    }
    if let Some(plans) = plan["Plans"].as_array() { for p in plans { walk(name, text, p); } }
}
