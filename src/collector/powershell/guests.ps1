# What the guests say of themselves.

# An honest guest says two dozen things of itself, of at most 2,048 characters each; the rest is the XML around them.
$MaxGuestItems = 100
$MaxGuestItemLength = 16384

# The guest has written it: whatever is not exactly what is looked for is passed over, and none of it is repeated, not even
# in an error.
function Read-ProductType([string]$item) {
    if ($item.Length -gt $MaxGuestItemLength) { return $null }
    try {
        $settings = New-Object System.Xml.XmlReaderSettings
        $settings.DtdProcessing = [Xml.DtdProcessing]::Prohibit
        $settings.XmlResolver = $null
        $document = New-Object System.Xml.XmlDocument
        $document.XmlResolver = $null
        $document.Load([Xml.XmlReader]::Create((New-Object System.IO.StringReader $item), $settings))
        $name = $document.SelectSingleNode("/INSTANCE/PROPERTY[@NAME='Name']/VALUE")
        $data = $document.SelectSingleNode("/INSTANCE/PROPERTY[@NAME='Data']/VALUE")
        if ($null -eq $name -or $null -eq $data -or $name.InnerText -cne 'ProductType') { return $null }
        if ($data.InnerText -notmatch '^[0-9]{1,4}\z') { return $null }
        return [int]$data.InnerText
    }
    catch { return $null }
}

function Add-Guest($entries, $component) {
    try {
        $entry = $entries[[string](Format-Guid $component.SystemName)]
        if ($null -eq $entry) { return }
        $items = @($component.GuestIntrinsicExchangeItems)
        for ($index = 0; $index -lt $items.Count -and $index -lt $MaxGuestItems; $index++) {
            if (-not ([string]$items[$index]).Contains('ProductType')) { continue }
            $type = Read-ProductType $items[$index]
            if ($null -eq $type) { continue }
            $entry.record.guest = [ordered]@{ productType = $type }
            return
        }
    }
    catch { return }
}

# What kind of Windows a guest is: the integration services of a running one say so, together with names and addresses that
# are nobody's business. Without an answer no VM is known any less.
function Read-Guests($entries) {
    $class = 'Msvm_KvpExchangeComponent'
    if (-not (Test-Budget)) { Add-HostProblem 'FACT_FAILED' 'not asked, for the time allowed ran out' $class; return }
    $problem = $null
    try {
        $question = {
            param($class)
            $space = 'root\virtualization\v2'
            $wanted = 'SystemName', 'GuestIntrinsicExchangeItems'
            CimCmdlets\Get-CimInstance -Namespace $space -ClassName $class -Property $wanted -ErrorAction SilentlyContinue -ErrorVariable failures
            $failures
        }
        foreach ($answer in @(Invoke-Aside $class $question $class)) {
            if ($answer -isnot [Management.Automation.ErrorRecord]) { Add-Guest $entries $answer }
            elseif ($null -eq $problem) { $problem = $answer }
        }
        if (Test-Stuck $class) { $problem = 'no answer in time' }
    }
    catch { $problem = Get-InnerRecord $_ }
    if ($null -ne $problem) { Add-HostProblem 'FACT_FAILED' $problem $class }
}
