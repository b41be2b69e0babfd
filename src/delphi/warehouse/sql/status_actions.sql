-- status_actions: what is proposed after the last decided wave of each item, and whether a later wave asks the item.
with last as (
    select actions.*, waves.sequence,
        row_number() over (partition by item_id order by waves.sequence desc) as place
    from actions join waves using (wave_id)
)
select last.wave_id, last.item_id, last.action, last.target, last.verdict, last.stability,
    (select string_agg(distinct later.wave_id, ' ' order by later.wave_id)
     from asked join waves as later using (wave_id)
     where asked.item_id = last.item_id and later.sequence > last.sequence) as asked_later,
    exists (select 1 from asked join waves as later using (wave_id)
            where later.sequence > last.sequence and later.kind = 'round'
              and later.round_kind in ('rating', 'ranking', 'realtime')) as has_later_round
from last
where place = 1
order by last.item_id
